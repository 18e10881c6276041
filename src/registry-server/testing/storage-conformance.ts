import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { digestOf, EngineError } from '#base';
import type { BlobStorage, ByteRange } from '../storage/types.ts';

const signal = new AbortController().signal;

/** What every driver must do. `open` gets a folder of its own, which goes afterwards. */
export function storageConformance(name: string, open: (folder: string) => Promise<BlobStorage>): void {
  describe(`storage ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'wt-storage-'));
    let storage: BlobStorage;
    before(async () => {
      storage = await open(join(folder, 'blobs'));
    });
    after(() => {
      storage.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const store = async (content: Uint8Array | string) => {
      const file = join(folder, `incoming-${Math.random()}`);
      writeFileSync(file, content);
      await storage.adopt(file, digestOf(content));
      assert.equal(existsSync(file), false);
      return digestOf(content);
    };
    const read = async (digest: ReturnType<typeof digestOf>, range?: ByteRange) => {
      using blob = await storage.open(digest);
      const pieces: Uint8Array[] = [];
      for await (const piece of blob.read(range ?? { offset: 0, length: blob.size }, signal))
        pieces.push(piece);
      return Buffer.concat(pieces);
    };
    const listed = async () => {
      const found = [];
      for await (const { digest, modifiedMs } of storage.list()) {
        assert.ok(Math.abs(modifiedMs - Date.now()) < 600_000);
        found.push(digest);
      }
      return found;
    };

    test('gives back what it took, whole and in parts', async () => {
      const digest = await store('0123456789');
      assert.equal(String(await read(digest)), '0123456789');
      assert.equal(String(await read(digest, { offset: 3, length: 4 })), '3456');
      assert.equal(String(await read(digest, { offset: 5, length: 0 })), '');
    });

    test('takes what it has again', async () => {
      const digest = await store('twice');
      assert.equal(await store('twice'), digest);
      assert.equal(String(await read(digest)), 'twice');
    });

    test('takes large blobs and empty ones', async () => {
      const large = Buffer.alloc((33 << 20) + 7, 'large');
      const digest = await store(large);
      using blob = await storage.open(digest);
      assert.equal(blob.size, large.length);
      assert.ok((await read(digest)).equals(large));
      assert.equal((await read(await store(''))).length, 0);
    });

    test('does not know what it never took, nor what was deleted', async () => {
      const isNotFound = (error: unknown) => error instanceof EngineError && error.kind === 'notFound';
      await assert.rejects(storage.open(digestOf('never')), isNotFound);
      const digest = await store('deleted');
      await storage.delete(digest);
      await storage.delete(digest);
      await assert.rejects(storage.open(digest), isNotFound);
    });

    test('lists what it has', async () => {
      const digest = await store('listed');
      assert.ok((await listed()).includes(digest));
      await storage.delete(digest);
      assert.ok(!(await listed()).includes(digest));
    });

    test('is found well', () => storage.check());
  });
}
