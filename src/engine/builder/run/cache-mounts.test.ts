import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { CacheMounts, type CacheWish } from './cache-mounts.ts';

const { signal } = new AbortController();
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wharf-test-caches-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function wish(more: Partial<CacheWish> = {}): CacheWish {
  return { id: 'c', sharing: 'shared', mode: 0o755, uid: 0, gid: 0, fill: async () => undefined, ...more };
}

test('CacheMounts gives a new directory the rights that are asked for, and an old one as it is', async () => {
  const caches = new CacheMounts(join(root, 'caches'));
  using use = await caches.take(wish({ mode: 0o700 }), signal);
  assert.equal(statSync(use.path).mode & 0o777, 0o700);
  using again = await caches.take(wish({ mode: 0o755 }), signal);
  assert.equal(again.path, use.path);
  assert.equal(statSync(use.path).mode & 0o777, 0o700);
});

test('CacheMounts gives private directories to those that come at once', async () => {
  const caches = new CacheMounts(root);
  using one = await caches.take(wish({ sharing: 'private' }), signal);
  using other = await caches.take(wish({ sharing: 'private' }), signal);
  assert.notEqual(one.path, other.path);
});

test('CacheMounts lets the next have a locked directory when it is free, or when nobody wants it any more', async () => {
  const caches = new CacheMounts(root);
  const first = await caches.take(wish({ sharing: 'locked' }), signal);
  const gone = new AbortController();
  const leaving = caches.take(wish({ sharing: 'locked' }), gone.signal);
  const waiting = caches.take(wish({ sharing: 'locked' }), signal);
  gone.abort(new Error('gone'));
  await assert.rejects(leaving, /gone/);
  first[Symbol.dispose]();
  using second = await waiting;
  assert.equal(second.path, first.path);
});

test('CacheMounts leaves no directory that is filled in part', async () => {
  const caches = new CacheMounts(root);
  const fill = async (directory: string) => {
    writeFileSync(join(directory, 'half'), '');
    throw new Error('broken');
  };
  await assert.rejects(caches.take(wish({ fill }), signal), /broken/);
  assert.deepEqual(readdirSync(root), []);
});

test('CacheMounts never shows a directory before it is filled', async () => {
  const caches = new CacheMounts(root);
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = caches.take(
    wish({ fill: async (directory) => promise.then(() => writeFileSync(join(directory, 'x'), '')) }),
    signal,
  );
  const other = caches.take(wish({ fill: async (at) => writeFileSync(join(at, 'x'), '') }), signal);
  assert.deepEqual(readdirSync((await other).path), ['x']);
  resolve();
  assert.deepEqual(readdirSync((await slow).path), ['x']);
});
