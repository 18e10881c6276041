import { type FileHandle, open } from 'node:fs/promises';
import type { ApiRequest } from '#client';
import { fileFailure } from '../read-text-file.ts';
import { readDescriptor, readStdin } from './stdin.ts';

/** What is to be sent, as parts of a request; a part of the body is overwritten by the next one. */
export type Source = Required<Pick<ApiRequest, 'body'>> & Pick<ApiRequest, 'bodyFile'>;

/** A file that is read as it is taken, or standard input for `-`. @throws Error with Go's words for a file that cannot be read */
export async function openSource(path: string): Promise<Source> {
  if (path === '-') return { body: readStdin() };
  const file = await open(path).catch((error: unknown) => {
    throw new Error(fileFailure(path, error));
  });
  const status = await file.stat({ bigint: true });
  if (status.isDirectory()) {
    await file.close();
    throw new Error(`read ${path}: is a directory`);
  }
  const { dev, ino, size } = status;
  const body = readAndClose(file);
  return status.isFile() ? { body, bodyFile: { fd: file.fd, dev, ino, size } } : { body };
}

async function* readAndClose(file: FileHandle): AsyncGenerator<Uint8Array, void> {
  await using open = file;
  yield* readDescriptor(open.fd);
}
