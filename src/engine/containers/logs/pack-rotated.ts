import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { holdNames } from './files/hold-names.ts';
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
    await files.alone(path, async () => {
      if (!files.isOpen(ino)) holdNames(path, () => replace(path, ino, made));
    });
  } finally {
    await rm(made, { force: true });
  }
}

/** Puts the packed file in the place that the plain one has by now. Between the two steps both are there. */
function replace(path: string, inode: bigint, made: string): void {
  for (let number = 1; ; number++) {
    const [plain = '', packed = ''] = namesOf(path, number);
    const there = statSync(plain, { bigint: true, throwIfNoEntry: false })?.ino;
    if (there === undefined && !existsSync(packed)) return;
    if (there !== inode) continue;
    renameSync(made, packed);
    rmSync(plain);
    return;
  }
}
