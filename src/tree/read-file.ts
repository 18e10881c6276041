import { constants, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dataRuns, ownDescriptor } from '#linux';
import type { TarEntry, TarExtent, TarStreamItem } from '#oci';

const pieceBytes = 256 * 1024;
/** Files up to this length are read at once. */
const smallBytes = 32 * 1024;
/** A file of more runs is read as if it had no holes: its map would not be read back. */
const mostRuns = 100_000;

/** A file's bytes, by a path that leads to the inode which the entry tells of. */
export async function* readContent(path: string, entry: TarEntry): AsyncGenerator<TarStreamItem> {
  if (entry.sizeBytes === 0) return;
  if (entry.extents !== undefined) yield* readRuns(path, entry.extents);
  else if (entry.sizeBytes > smallBytes) yield* readRuns(path, [{ offset: 0, length: entry.sizeBytes }]);
  else yield { kind: 'content', piece: readSmall(path, entry.sizeBytes) };
}

/** The same file as a sparse one: only what has bytes of its own is stored. */
export function asSparse(path: string, entry: TarEntry): TarEntry {
  using file = ownDescriptor(openSync(path, constants.O_RDONLY));
  const runs = dataRuns(file.fd, entry.sizeBytes);
  if (runs.length > mostRuns) return entry;
  let position = 0;
  const extents = runs.map((run): TarExtent => {
    position += run.length;
    return { ...run, position: position - run.length };
  });
  return { ...entry, extents, storedBytes: position };
}

/** In one go: to wait for another thread would take longer than to read. */
function readSmall(path: string, sizeBytes: number): Buffer {
  using file = ownDescriptor(openSync(path, constants.O_RDONLY));
  const content = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; ) {
    const bytesRead = readSync(file.fd, content, at, sizeBytes - at, null);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return content;
}

async function* readRuns(
  path: string,
  runs: readonly Pick<TarExtent, 'offset' | 'length'>[],
): AsyncGenerator<TarStreamItem> {
  await using file = await open(path, constants.O_RDONLY);
  for (const { offset, length } of runs) yield* readRun(file, offset, length);
}

async function* readRun(file: FileHandle, offset: number, length: number): AsyncGenerator<TarStreamItem> {
  const end = offset + length;
  for (let at = offset; at < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(end - at, pieceBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    // A file that shrinks while it is read is filled up: its length is told already.
    const piece = bytesRead === 0 ? buffer.fill(0) : buffer.subarray(0, bytesRead);
    at += piece.length;
    yield { kind: 'content', piece };
  }
}
