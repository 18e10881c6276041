import { createReadStream, statSync } from 'node:fs';
import { fileFailure } from '../read-text-file.ts';
import { readStdin } from './stdin.ts';

/** A file that is read as it is taken, or standard input for `-`. @throws Error with Go's words for a file that cannot be read */
export async function openSource(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return readStdin();
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`read ${path}: is a directory`);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  await new Promise<void>((resolve, reject) => {
    file.once('open', () => resolve());
    file.once('error', (error) => reject(new Error(fileFailure(path, error))));
  });
  return file;
}
