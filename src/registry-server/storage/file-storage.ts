import { accessSync, closeSync, constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type AnyDigest, EngineError, errnoOf } from '#base';
import { openContent } from '#store/content';
import type { BlobStorage, OpenBlob } from './types.ts';

const pieceBytes = 256 << 10;

/** Blobs as files of one folder, which is made when it is missing. */
export function openFileStorage(folder: string): BlobStorage {
  const content = openContent(folder);
  return {
    open: async (digest) => openFile(content.pathOf(digest), digest),
    adopt: (file, digest) => content.adopt(file, digest),
    delete: (digest) => content.delete(digest),
    async *list() {
      for (const digest of content.list()) {
        const found = await stat(content.pathOf(digest)).catch(() => undefined);
        if (found !== undefined) yield { digest, modifiedMs: found.mtimeMs };
      }
    },
    check: async () => accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK),
    close() {},
  };
}

function openFile(path: string, digest: AnyDigest): OpenBlob {
  const fd = openOrThrow(path, digest);
  return {
    fd,
    size: fstatSync(fd).size,
    read({ offset, length }) {
      if (length === 0) return nothing();
      const options = { fd, autoClose: false, highWaterMark: pieceBytes };
      return createReadStream('', { ...options, start: offset, end: offset + length - 1 });
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

function openOrThrow(path: string, digest: AnyDigest): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('notFound', `blob ${digest} is not stored`, { cause });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
