import { existsSync, renameSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, errorMessage, refuse, undefinedFor } from '#base';
import { makeDisk, measureTree, mountDisk, mountPointsBelow, unmountBelow } from '#linux';
import type { DriverRequest, DriverVolume, UnmountUse, VolumeDriver } from '../types.ts';
import { parseLocalOptions } from './local-options.ts';
import { mountSource } from './mount-source.ts';
import { type ResolveHost, resolveHost, resolveSource } from './network-source.ts';
import { parseVolumeName } from './volume-name.ts';

export interface LocalDriverOptions {
  /** The directory that holds all volumes. */
  readonly root: string;
  readonly resolve?: ResolveHost;
}

/** The folder where volumes are while they are removed; no volume's name begins with a dot. */
const removing = '.removed';
const files = '_data';

/**
 * Volumes are directories of this host, `NAME/_data` in one folder. With options, something else is mounted there
 * while somebody uses it, for one of limited size a file beside it; the kernel's mount table tells whether it is.
 */
export class LocalDriver implements VolumeDriver {
  readonly name = 'local';
  readonly scope = 'local';
  readonly #root: string;
  readonly #resolve: ResolveHost;

  constructor({ root, resolve = resolveHost }: LocalDriverOptions) {
    this.#root = root;
    this.#resolve = resolve;
  }

  /** Where the files of a volume of that name are, or would be. */
  directory(name: string): string {
    return join(this.#root, name, files);
  }

  /** Bytes that a volume takes on this host's disk; 0 for one whose files are elsewhere. */
  async usage({ name, options }: DriverRequest): Promise<number> {
    const { source, sizeBytes } = parseLocalOptions(options);
    if (source !== undefined) return 0;
    if (sizeBytes > 0) return await diskUse(this.#disk(name));
    return (await measureTree(this.directory(name))).diskBytes;
  }

  async create({ name, options }: DriverRequest): Promise<void> {
    parseVolumeName(name);
    const { source, sizeBytes } = parseLocalOptions(options);
    const isNew = !(await this.#has(name));
    if (isNew) {
      // On a full disk volumes must be removable.
      await this.#makeRemoving();
      await mkdir(this.directory(name), { recursive: true, mode: 0o755 });
    }
    if (source !== undefined || sizeBytes === 0) return;
    try {
      const isMade = await makeDisk(this.#disk(name), sizeBytes);
      refuse(!isMade, 'quota size requested but no quota support');
    } catch (error) {
      if (isNew) await removeTree(join(this.#root, name));
      throw error;
    }
  }

  async remove({ name }: DriverRequest): Promise<void> {
    const removed = join(this.#root, removing, name);
    await removeTree(removed);
    await this.#makeRemoving();
    await rename(join(this.#root, name), removed).catch(undefinedFor('ENOENT'));
    await removeTree(removed);
  }

  /** Moves a volume's directory, with what is mounted in it. One that is moved already is no error. */
  rename(name: string, newName: string): void {
    const [from, to] = [join(this.#root, name), join(this.#root, newName)];
    if (existsSync(from)) renameSync(from, to);
  }

  /** Ends what an earlier driver was killed in. Returns the volumes that are gone by it. */
  async finishRemovals(): Promise<string[]> {
    const names = await namesIn(join(this.#root, removing));
    for (const name of names) await removeTree(join(this.#root, removing, name));
    return names.filter((name) => !existsSync(join(this.#root, name)));
  }

  async get({ name }: Pick<DriverRequest, 'name'>): Promise<DriverVolume | undefined> {
    return (await this.#has(name)) ? { name, mountpoint: this.directory(name) } : undefined;
  }

  async list(): Promise<readonly DriverVolume[]> {
    const names = (await namesIn(this.#root)).filter((name) => !name.startsWith('.'));
    const found = await Promise.all(names.map((name) => this.get({ name })));
    return found.filter((volume) => volume !== undefined);
  }

  isAlwaysThere({ options }: DriverRequest): boolean {
    const { source, sizeBytes } = parseLocalOptions(options);
    return source === undefined && sizeBytes === 0;
  }

  async mount({ name, options }: DriverRequest): Promise<string> {
    const directory = this.directory(name);
    if (mountPointsBelow(join(this.#root, name)).length > 0) return directory;
    const { source, sizeBytes } = parseLocalOptions(options);
    if (source !== undefined) await mountSource(await resolveSource(source, this.#resolve), directory);
    else if (sizeBytes > 0) this.#mountDisk(name);
    return directory;
  }

  async unmount({ name }: DriverRequest, { isLast }: UnmountUse): Promise<void> {
    if (isLast) unmountBelow(join(this.#root, name));
  }

  #mountDisk(name: string): void {
    try {
      mountDisk(this.#disk(name), this.directory(name));
    } catch (cause) {
      throw new EngineError('internal', `failed to mount local volume: ${errorMessage(cause)}`, { cause });
    }
  }

  async #makeRemoving(): Promise<void> {
    await mkdir(join(this.#root, removing), { recursive: true, mode: 0o711 });
  }

  /** Found without a look at the directory itself: what is mounted there may be of a server that is gone. */
  async #has(name: string): Promise<boolean> {
    return (await namesIn(join(this.#root, name))).includes(files);
  }

  /** The file that holds a volume of limited size. */
  #disk(name: string): string {
    return join(this.#root, name, 'disk.img');
  }
}

const blockBytes = 512;

async function diskUse(path: string): Promise<number> {
  const found = await stat(path).catch(undefinedFor('ENOENT'));
  return (found?.blocks ?? 0) * blockBytes;
}

/** What is mounted there is no part of the tree. */
async function removeTree(directory: string): Promise<void> {
  unmountBelow(directory);
  await rm(directory, { recursive: true, force: true });
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(undefinedFor('ENOENT', 'ENOTDIR'))) ?? [];
}
