import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { type TarEntry, TarReader } from '#oci';
import type { Placement } from './placement.ts';

const blockBytes = 512;

/** Unpacks a tar stream where `placement` says; returns the size of the archive. */
export async function unpackTo(source: AsyncIterable<Uint8Array>, placement: Placement): Promise<number> {
  const sink = new TreeWriter(placement);
  const reader = new TarReader(sink);
  try {
    for await (const chunk of source) reader.push(chunk);
    reader.finish();
  } finally {
    sink.finish();
  }
  return sink.archiveBytes + 2 * blockBytes;
}

class TreeWriter {
  archiveBytes = 0;
  /** The destination as a byte string, without a slash at its end. */
  readonly #root: string;
  readonly #placement: Placement;
  /** Directories get their times at the end, when nothing is put into them any more. */
  readonly #directories: { path: string; entry: TarEntry }[] = [];
  #file: { descriptor: number; path: string; entry: TarEntry } | undefined;

  constructor(placement: Placement) {
    this.#placement = placement;
    this.#root = byteString(placement.directory.replace(/(\/+\.?)+$/, ''));
  }

  entry(entry: TarEntry): void {
    this.#closeFile();
    this.archiveBytes += blockBytes + Math.ceil(entry.storedBytes / blockBytes) * blockBytes;
    const path = this.#pathOf(entry.name);
    if (entry.type === 'directory') {
      this.#makeDirectory(path, entry);
      return;
    }
    this.#checkParents(path);
    this.#clear(path, entry);
    if (entry.type === 'file') this.#openFile(path, entry);
    else if (entry.type === 'symlink') {
      symlinkSync(localPath(entry.linkName), localPath(path));
      setTimes(path, entry);
    } else if (entry.type === 'hardlink') linkSync(localPath(this.#linkTarget(entry)), localPath(path));
  }

  content(piece: Uint8Array): void {
    if (this.#file === undefined) return;
    for (let at = 0; at < piece.length; ) at += writeSync(this.#file.descriptor, piece, at);
  }

  finish(): void {
    this.#closeFile();
    for (const { path, entry } of this.#directories.reverse()) setAttributes(path, entry);
  }

  #openFile(path: string, entry: TarEntry): void {
    if (entry.extents !== undefined) throw new Error(`${entry.name}: sparse files cannot be copied out`);
    this.#file = { descriptor: openSync(localPath(path), 'wx', 0o600), path, entry };
  }

  #closeFile(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file.descriptor);
    setAttributes(this.#file.path, this.#file.entry);
    this.#file = undefined;
  }

  #makeDirectory(path: string, entry: TarEntry): void {
    this.#checkParents(path);
    const there = statOf(path);
    if (there !== undefined && !there.isDirectory())
      throw new Error(
        `cannot overwrite non-directory "${shown(path)}" with directory "${shown(entry.name)}"`,
      );
    if (there === undefined) mkdirSync(localPath(path), { mode: 0o700, recursive: true });
    this.#directories.push({ path, entry });
  }

  /** Takes away what stands in the place of a new file. */
  #clear(path: string, entry: TarEntry): void {
    const there = statOf(path);
    if (there?.isDirectory())
      throw new Error(
        `cannot overwrite directory "${shown(path)}" with non-directory "${shown(entry.name)}"`,
      );
    if (there !== undefined) unlinkSync(localPath(path));
  }

  /** @throws Error when a directory on the way is none: a link could lead out of the destination */
  #checkParents(path: string): void {
    const below = path.slice(this.#root.length).split('/').filter(Boolean).slice(0, -1);
    let current = this.#root;
    for (const part of below) {
      current = `${current}/${part}`;
      const there = statOf(current);
      if (there !== undefined && !there.isDirectory())
        throw new Error(`refusing to write through ${shown(current)}`);
      if (there === undefined) mkdirSync(localPath(current));
    }
  }

  #linkTarget(entry: TarEntry): string {
    const target = this.#pathOf(entry.linkName);
    this.#checkParents(target);
    return target;
  }

  /** The local place of an archive's name, rebased. @throws Error when it climbs */
  #pathOf(name: string): string {
    const { oldBase, newBase } = this.#placement;
    const parts = name.replace(/\/+$/, '').split('/');
    if (parts.includes('..')) throw new Error(`invalid name in archive: ${shown(name)}`);
    if (parts[0] === byteString(oldBase)) parts[0] = byteString(newBase);
    const kept = parts.filter((part) => part !== '' && part !== '.');
    return [this.#root, ...kept].join('/');
  }
}

function setAttributes(path: string, entry: TarEntry): void {
  chmodSync(localPath(path), entry.mode & 0o7777);
  setTimes(path, entry);
}

function setTimes(path: string, entry: TarEntry): void {
  const seconds = entry.mtimeSeconds + entry.mtimeNanos / 1e9;
  lutimesSync(localPath(path), seconds, seconds);
}

function statOf(path: string) {
  return lstatSync(localPath(path), { throwIfNoEntry: false });
}

function localPath(byteText: string): Buffer {
  return Buffer.from(byteText, 'latin1');
}

function byteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function shown(byteText: string): string {
  return localPath(byteText).toString();
}
