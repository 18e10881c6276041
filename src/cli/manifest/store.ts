import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { formatReference, type Reference } from '#oci';
import type { NamedManifest } from './types.ts';

/**
 * Lists of manifests in the making, below the user's settings: a folder for each list and in it a file for each
 * manifest, as the stock client keeps them.
 */
export class ManifestStore {
  readonly #folder: string;

  constructor(configDirectory: string) {
    this.#folder = `${configDirectory}/manifests`;
  }

  has(list: Reference): boolean {
    return existsSync(this.#folderOf(list));
  }

  /** Undefined when the list does not have it. */
  find(list: Reference, name: Reference): NamedManifest | undefined {
    return readManifest(this.#fileOf(list, name));
  }

  /** All of a list, in the order of their names. @throws Error when there is no such list */
  all(list: Reference): NamedManifest[] {
    if (!this.has(list)) throw noSuchManifest(list);
    const folder = this.#folderOf(list);
    return readdirSync(folder)
      .sort()
      .flatMap((file) => readManifest(`${folder}/${file}`) ?? []);
  }

  /** Puts a manifest into a list, which is made when it is not there. */
  save(list: Reference, name: Reference, manifest: NamedManifest): void {
    mkdirSync(this.#folderOf(list), { recursive: true, mode: 0o755 });
    writeFileSync(this.#fileOf(list, name), JSON.stringify(manifest));
  }

  /** @throws Error when there is no such list */
  remove(list: Reference): void {
    if (!this.has(list)) throw noSuchManifest(list);
    rmSync(this.#folderOf(list), { recursive: true });
  }

  #folderOf(list: Reference): string {
    return `${this.#folder}/${fileName(list)}`;
  }

  #fileOf(list: Reference, name: Reference): string {
    return `${this.#folderOf(list)}/${fileName(name)}`;
  }
}

export function noSuchManifest(name: Reference): Error {
  return new Error(`No such manifest: ${formatReference(name)}`);
}

function fileName(name: Reference): string {
  return formatReference(name).replaceAll(':', '-').replaceAll('/', '_');
}

function readManifest(path: string): NamedManifest | undefined {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as NamedManifest;
}
