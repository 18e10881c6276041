import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyDigest, type Digest, digestHex, digestOf, digestOfHex, EngineError, errnoOf } from '#base';
import { adoptFile, openIngest, temporaryPrefix } from './ingest.ts';
import type { BlobFolder } from './types.ts';

const pieceBytes = 1 << 20;

/** Opens the store on a folder, which is made when it is missing; what was left half written goes. */
export function openContent(folder: string): BlobFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    if (name.startsWith(temporaryPrefix)) rmSync(join(folder, name), { force: true });
  }
  const pathOf = (digest: AnyDigest) => join(folder, digestHex(digest));

  return {
    has: (digest) => existsSync(pathOf(digest)),
    sizeOf: (digest) => statSync(pathOf(digest), { throwIfNoEntry: false })?.size,
    read(digest) {
      try {
        return readFileSync(pathOf(digest));
      } catch (cause) {
        return refuse(digest, cause);
      }
    },
    async *stream(digest, { start = 0 } = {}) {
      await using file = await open(pathOf(digest)).catch((cause) => refuse(digest, cause));
      yield* file.createReadStream({ start, highWaterMark: pieceBytes, autoClose: false });
    },
    async write(content, expected) {
      const digest = digestOf(content);
      if (expected !== undefined && digest !== expected) {
        throw new EngineError('corrupt', `content has digest ${digest}, expected ${expected}`);
      }
      if (existsSync(pathOf(digest))) return digest;
      await using blob = await openIngest(folder);
      await blob.write(content);
      await blob.keep(digest);
      return digest;
    },
    ingest: () => openIngest(folder),
    adopt: (file, digest) => adoptFile(folder, file, digest),
    pathOf,
    async delete(digest) {
      await rm(pathOf(digest), { force: true });
    },
    list: () => readdirSync(folder).flatMap((name) => digestOfHex(name) ?? []),
  };
}

/** Of a blob that is not there it is the store that says so. */
function refuse(digest: Digest, cause: unknown): never {
  if (errnoOf(cause) !== 'ENOENT') throw cause;
  throw new EngineError('notFound', `content ${digest} not found`, { cause });
}
