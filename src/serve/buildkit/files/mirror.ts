import {
  type BigIntStats,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import { EngineError, unlessErrno } from '#base';
import type { MessageOf } from '#grpc';
import { setModified } from '#linux';
import type { fileStat } from '../messages/session.ts';
import { permissionsOfGoMode, typeOfGoMode } from './go-mode.ts';

export type FileStat = MessageOf<typeof fileStat>;

/**
 * A directory that becomes like one of a client's as that is described, in the order of its paths; nothing that is
 * described leads out of it.
 */
export class Mirror {
  readonly #root: string;
  readonly #directories = new Map<string, FileStat>();
  readonly #others = new Set<string>();
  /** Whether anything is not as it was before. */
  hasChanged = false;

  /** @param root a directory of this process alone */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Makes what is described, but for a file's content.
   * @returns whether a file's content is needed, since it differs
   * @throws EngineError invalid, for a path that leads out, or comes twice
   */
  describe(stat: FileStat): boolean {
    const { path } = stat;
    this.#checkPlace(path);
    const place = join(this.#root, path);
    const before = unlessErrno(['ENOENT'], () => lstatSync(place, { bigint: true }));
    const type = typeOfGoMode(stat.mode);
    if (type === 'directory') {
      this.#directories.set(path, stat);
      this.#makeDirectory(place, before, stat);
      return false;
    }
    this.#others.add(path);
    if (type === 'symlink') return this.#makeLink(place, before, stat.linkname);
    if (type !== 'file') return this.#pass(place, before);
    if (stat.linkname !== '') return this.#makeHardLink(place, before, stat.linkname);
    if (before?.isFile() && isSame(before, stat)) return false;
    this.#clear(place);
    writeFileSync(place, '', { flag: 'wx', mode: 0o600 });
    return true;
  }

  /** Where the content of a described file goes: an empty file. */
  placeOf({ path }: FileStat): string {
    return join(this.#root, path);
  }

  /** Gives a file whose content is there its rights and time. */
  complete(stat: FileStat): void {
    const place = this.placeOf(stat);
    chmodSync(place, permissionsOfGoMode(stat.mode));
    setTime(place, stat.modTime);
  }

  /** Removes what was not described, and gives the directories their rights and times. */
  finish(): void {
    this.#removeUnknown('');
    for (const stat of [...this.#directories.values()].reverse()) this.complete(stat);
  }

  #checkPlace(path: string): void {
    const parent = posix.dirname(path);
    const isPlain = path !== '' && posix.join('/', path) === `/${path}` && !path.endsWith('/');
    const isNew = !this.#directories.has(path) && !this.#others.has(path);
    if (isPlain && isNew && (parent === '.' || this.#directories.has(parent))) return;
    throw new EngineError(
      'invalid',
      `a client describes ${JSON.stringify(path)}, which is in no directory that it sent, or twice`,
    );
  }

  #makeHardLink(place: string, before: BigIntStats | undefined, target: string): false {
    const source = join(this.#root, target);
    const found = this.#others.has(target) ? lstatSync(source, { bigint: true }) : undefined;
    if (!found?.isFile()) throw new EngineError('invalid', `a hard link leads to unknown ${target}`);
    if (before?.ino === found.ino) return false;
    this.#clear(place);
    linkSync(source, place);
    return false;
  }

  /** What is of no type that is sent is not there. */
  #pass(place: string, before: BigIntStats | undefined): false {
    if (before !== undefined) this.#clear(place);
    return false;
  }

  #removeUnknown(directory: string): void {
    for (const name of readdirSync(join(this.#root, directory))) {
      const path = posix.join(directory, name);
      if (this.#directories.has(path)) this.#removeUnknown(path);
      else if (!this.#others.has(path)) this.#clear(join(this.#root, path));
    }
  }

  #makeDirectory(place: string, before: BigIntStats | undefined, { mode }: FileStat): void {
    const isThere = before?.isDirectory() ?? false;
    if (!isThere || Number((before?.mode ?? 0n) & 0o7777n) !== permissionsOfGoMode(mode))
      this.hasChanged = true;
    if (isThere) return;
    this.#clear(place);
    mkdirSync(place);
  }

  #makeLink(place: string, before: BigIntStats | undefined, target: string): false {
    if (before?.isSymbolicLink() && readlinkSync(place) === target) return false;
    this.#clear(place);
    symlinkSync(target, place);
    return false;
  }

  #clear(place: string): void {
    this.hasChanged = true;
    rmSync(place, { recursive: true, force: true });
  }
}

/** By what a change of content can't help changing. */
function isSame(before: BigIntStats, stat: FileStat): boolean {
  return (
    Number(before.size) === stat.size &&
    before.mtimeNs === stat.modTime &&
    Number(before.mode & 0o7777n) === permissionsOfGoMode(stat.mode)
  );
}

function setTime(place: string, ns: bigint): void {
  const seconds = ns / 1_000_000_000n - (ns % 1_000_000_000n < 0n ? 1n : 0n);
  setModified(place, Number(seconds), Number(ns - seconds * 1_000_000_000n));
}
