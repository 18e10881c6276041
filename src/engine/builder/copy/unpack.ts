import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { ByteSource, EngineError } from '#base';
import { looksLikeTar, readTarStream, type TarMembers, tarBlockBytes } from '#oci';
import { plainSource } from '#store/content';

/**
 * The members of a file that is an archive, compressed or not; undefined for every other file.
 * @param path a path of this process; its last element is not followed
 */
export async function tryOpenArchive(path: string): Promise<TarMembers | undefined> {
  if (!(await lstat(path)).isFile()) return undefined;
  return (await isArchive(path)) ? archiveMembers(path) : undefined;
}

/** Whether a file is an archive, compressed or not. */
export async function isArchive(path: string): Promise<boolean> {
  try {
    await using packed = openFile(path);
    await using plain = await plainSource(packed);
    return looksLikeTar(await plain.peek(tarBlockBytes));
  } catch (error) {
    // What only begins like a compressed file is copied as it is.
    if (error instanceof EngineError && error.kind === 'invalid') return false;
    throw error;
  }
}

async function* archiveMembers(path: string): TarMembers {
  await using packed = openFile(path);
  await using plain = await plainSource(packed);
  yield* readTarStream(plain.pieces());
}

function openFile(path: string): ByteSource {
  return new ByteSource(createReadStream(path));
}
