import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestHex, digestOf, EngineError, errnoOf, tryParseDigest } from '#base';
import type { ContentStore } from './types.ts';

const temporaryPrefix = 'ingest-';

/** Opens the store on a folder, which is made when it is missing; what was left half written goes. */
export function openContent(folder: string): ContentStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    if (name.startsWith(temporaryPrefix)) rmSync(join(folder, name), { force: true });
  }
  const pathOf = (digest: Digest) => join(folder, digestHex(digest));

  return {
    has: (digest) => existsSync(pathOf(digest)),
    read(digest) {
      try {
        return readFileSync(pathOf(digest));
      } catch (cause) {
        if (errnoOf(cause) !== 'ENOENT') throw cause;
        throw new EngineError('notFound', `content ${digest} not found`, { cause });
      }
    },
    async write(content, expected) {
      const digest = digestOf(content);
      if (expected !== undefined && digest !== expected) {
        throw new EngineError('corrupt', `content has digest ${digest}, expected ${expected}`);
      }
      if (!existsSync(pathOf(digest))) await writeWhole(folder, pathOf(digest), content);
      return digest;
    },
    async delete(digest) {
      await rm(pathOf(digest), { force: true });
    },
    list: () => readdirSync(folder).flatMap((name) => tryParseDigest(`sha256:${name}`) ?? []),
  };
}

async function writeWhole(folder: string, path: string, content: Uint8Array): Promise<void> {
  const temporary = join(folder, `${temporaryPrefix}${randomUUID()}`);
  try {
    await using file = await open(temporary, 'wx', 0o600);
    await file.writeFile(content);
    await file.sync();
    await rename(temporary, path);
    await using directory = await open(folder);
    await directory.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
