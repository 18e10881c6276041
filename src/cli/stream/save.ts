import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Caller } from '../caller/index.ts';

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
