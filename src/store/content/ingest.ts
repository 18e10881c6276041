import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyDigest, type Digest, digestHex } from '#base';
import type { BlobIngest } from './types.ts';

/** Of files that are on their way in. */
export const temporaryPrefix = 'ingest-';

/** Starts a blob in the folder of all blobs, where it appears under its digest only when it is whole. */
export async function openIngest(folder: string): Promise<BlobIngest> {
  const path = join(folder, `${temporaryPrefix}${randomUUID()}`);
  return new FileIngest(folder, path, await open(path, 'wx', 0o600));
}

/** Moves a whole file into the folder of all blobs; when it resolves, the blob survives a crash. */
export async function adoptFile(folder: string, path: string, digest: AnyDigest): Promise<void> {
  await syncFile(path);
  await rename(path, join(folder, digestHex(digest)));
  await syncFile(folder);
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path);
  await file.sync();
}

class FileIngest implements BlobIngest {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: FileHandle;

  constructor(folder: string, path: string, file: FileHandle) {
    this.#folder = folder;
    this.#path = path;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.#file.write(bytes, done)).bytesWritten;
    }
  }

  keep(digest: Digest): Promise<void> {
    return adoptFile(this.#folder, this.#path, digest);
  }

  /** Of a blob that was kept nothing is left under its first name. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}
