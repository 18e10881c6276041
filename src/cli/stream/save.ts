import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Caller } from '../caller/index.ts';

/** @throws Error when no file can be made there; `complaint` is how it begins */
export function checkOutput(path: string, complaint: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new Error(`${complaint}: invalid output path: stat ${folder}: no such file or directory`);
  }
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new Error(`${complaint}: cannot write to a directory`);
  if (there?.isCharacterDevice()) throw new Error(`${complaint}: cannot write to a character device file`);
}

/** Writes a stream to a file, which appears only when it is complete; no path is standard output. */
export async function saveStream(
  caller: Caller,
  source: AsyncIterable<Uint8Array>,
  path: string,
): Promise<void> {
  if (path === '') {
    for await (const chunk of source) await caller.writeOut(chunk);
    return;
  }
  const temporary = `${path}.${process.pid}.part`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    for await (const chunk of source) writeFully(file, chunk);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function writeFully(file: number, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
}
