import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { openForReading } from './files/log-file.ts';
import { inodeOf, type LogFiles, namesOf } from './files/log-files.ts';
import { readBytes } from './files/text-source.ts';

/** Packs those rotated files of a log that nobody reads. What is not packed now is so at a later call. */
export async function packRotated(files: LogFiles, path: string, signal: AbortSignal): Promise<void> {
  for (let number = 1; !signal.aborted; number++) {
    const [plain = '', packed = ''] = namesOf(path, number);
    const inode = await inodeOf(plain);
    if (inode === undefined && (await inodeOf(packed)) === undefined) return;
    if (inode !== undefined && !files.isOpen(inode)) await pack(files, path, plain, signal);
  }
}

async function pack(files: LogFiles, path: string, plain: string, signal: AbortSignal): Promise<void> {
  await using source = await openForReading(plain);
  if (source === undefined) return;
  const { ino } = await source.stat({ bigint: true });
  const made = `${path}.packing`;
  try {
    await pipeline(readBytes(source), createGzip({ level: 1 }), createWriteStream(made, { mode: 0o600 }), {
      signal,
    });
    await files.hold(path, (locked) => (locked ? replace(files, path, ino, made) : Promise.resolve()));
  } finally {
    await rm(made, { force: true });
  }
}

/** Puts the packed file in the place that the plain one has by now. Between the two steps both are there. */
async function replace(files: LogFiles, path: string, inode: bigint, made: string): Promise<void> {
  if (files.isOpen(inode)) return;
  for (let number = 1; ; number++) {
    const [plain = '', packed = ''] = namesOf(path, number);
    const there = await inodeOf(plain);
    if (there === undefined && (await inodeOf(packed)) === undefined) return;
    if (there !== inode) continue;
    await rename(made, packed);
    await rm(plain);
    return;
  }
}
