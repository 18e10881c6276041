import { execFile } from 'node:child_process';
import { existsSync, rmdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf, refuse, unlessErrno } from '#base';
import { attachLoop } from './loop.ts';
import { mount } from './mount.ts';

const leastBytes = 1 << 20;
const mostBytes = 2 ** 50;
const program = 'mkfs.ext4';
/** All room is for the user's files, and little is written before there are any. */
const options = ['-q', '-F', '-m', '0', '-E', 'nodiscard,lazy_itable_init=1,lazy_journal_init=1'];

/**
 * Makes a file that holds a file system of a size, and takes room on disk as that is filled; one that is there stays.
 * @returns false, when this host has no program that can do it
 * @throws EngineError invalid, for a size that is too small or large
 */
export async function makeDisk(path: string, sizeBytes: number): Promise<boolean> {
  if (existsSync(path)) return true;
  refuse(sizeBytes < leastBytes, `invalid size: ${leastBytes} bytes are the least`);
  refuse(sizeBytes > mostBytes, `invalid size: ${mostBytes} bytes are the most`);
  const half = `${path}.new`;
  await rm(half, { force: true });
  await makeSparse(half, sizeBytes);
  try {
    await promisify(execFile)(program, [...options, half]);
    await rename(half, path);
    return true;
  } catch (error) {
    await rm(half, { force: true });
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function makeSparse(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.truncate(sizeBytes);
  } finally {
    await file.close();
  }
}

/**
 * Mounts what makeDisk() has made; room of removed files goes back to the disk. The file is free again when nobody has
 * it mounted.
 * @throws SystemCallError
 */
export function mountDisk(path: string, directory: string): void {
  using loop = attachLoop(path);
  mount({ source: loop.device, target: directory, type: 'ext4', data: 'discard' });
  // A new one is empty; whoever repairs the file system makes this anew.
  unlessErrno(['ENOENT', 'ENOTEMPTY'], () => rmdirSync(join(directory, 'lost+found')));
}
