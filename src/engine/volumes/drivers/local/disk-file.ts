import { execFile } from 'node:child_process';
import { existsSync, rmdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError, errnoOf, errorMessage, refuse, unlessErrno } from '#base';
import { attachLoop, mount } from '#linux';

const program = 'mkfs.ext4';
const leastBytes = 1 << 20;

/**
 * Makes a file that holds a file system of a size, and takes room on disk as that is filled; one that is there stays.
 * @throws EngineError invalid, for a size that is too small, or when this host has no program that can do it
 */
export async function makeDisk(path: string, sizeBytes: number): Promise<void> {
  if (existsSync(path)) return;
  refuse(sizeBytes < leastBytes, `invalid size: a volume has ${leastBytes} bytes at least`);
  const half = `${path}.new`;
  await rm(half, { force: true });
  await makeSparse(half, sizeBytes);
  const options = ['-q', '-F', '-m', '0', '-E', 'nodiscard,lazy_itable_init=1,lazy_journal_init=1'];
  try {
    await promisify(execFile)(program, [...options, half]);
  } catch (cause) {
    await rm(half, { force: true });
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    const hint = `Install ${program} (Debian: e2fsprogs).`;
    throw new EngineError('invalid', 'quota size requested but no quota support', { cause, hint });
  }
  await rename(half, path);
}

async function makeSparse(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(sizeBytes);
  } finally {
    await file.close();
  }
}

/** Mounts what makeDisk() has made; the file is free again when nobody has it mounted. @throws EngineError internal */
export function mountDisk(path: string, directory: string): void {
  try {
    using loop = attachLoop(path);
    mount({ source: loop.device, target: directory, type: 'ext4', data: 'discard' });
  } catch (cause) {
    throw new EngineError('internal', `failed to mount local volume: ${errorMessage(cause)}`, { cause });
  }
  // A new volume is empty; whoever repairs the file system makes it anew.
  unlessErrno(['ENOENT', 'ENOTEMPTY'], () => rmdirSync(join(directory, 'lost+found')));
}
