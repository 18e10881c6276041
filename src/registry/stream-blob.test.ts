import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError, parseDigest } from '#base';
import { mediaTypes, parseReference } from '#oci';
import { createRegistryClient } from './client.ts';
import { cutHalfWay, type FakeRegistry, startFakeRegistry } from './testing/fake-registry.ts';
import type { RemoteImage } from './types.ts';

const signal = new AbortController().signal;
const manifest = '{"schemaVersion":2,"config":{},"layers":[]}';

function resolve(registry: FakeRegistry, retryDelayMs = 1): Promise<RemoteImage> {
  const client = createRegistryClient({
    mirrors: [],
    insecureRegistries: [],
    userAgent: 'test',
    retryDelayMs,
  });
  return client.resolve(parseReference(`${registry.address}/some/image:1`), undefined, signal);
}

async function read(remote: RemoteImage, digest: string, size: number): Promise<Buffer> {
  const descriptor = { mediaType: '', digest: parseDigest(digest), size };
  const chunks: Uint8Array[] = [];
  for await (const chunk of remote.repository.fetchBlob(descriptor, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('fetchBlob() takes up a cut download where it was', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const bytes = Buffer.from('0123456789'.repeat(1000));
  const digest = registry.addBlob(bytes);
  const remote = await resolve(registry);
  let cuts = 2;
  registry.misbehave((request, response) => {
    if (cuts-- <= 0) return false;
    cutHalfWay(response, bytes, Number(request.headers.range?.match(/\d+/)?.[0] ?? 0));
    return true;
  });
  assert.deepEqual(await read(remote, digest, bytes.length), bytes);
  const ranges = registry.seen.filter(({ path }) => path.includes('blobs')).map(({ range }) => range);
  assert.deepEqual(ranges, [undefined, 'bytes=5000-', 'bytes=7500-']);
});

test('fetchBlob() tells how long it waits, for a cut and for a busy registry', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const bytes = Buffer.from('0123456789'.repeat(1000));
  const digest = registry.addBlob(bytes);
  const remote = await resolve(registry);
  let troubles = 2;
  registry.misbehave((_, response) => {
    troubles -= 1;
    if (troubles === 1) cutHalfWay(response, bytes);
    if (troubles === 0) response.writeHead(429, { 'Retry-After': '0' }).end();
    return troubles >= 0;
  });
  const waits: number[] = [];
  const descriptor = { mediaType: '', digest: parseDigest(digest), size: bytes.length };
  const reading = { onWait: (waitMs: number) => void waits.push(waitMs) };
  for await (const _ of remote.repository.fetchBlob(descriptor, signal, reading));
  assert.deepEqual(waits, [1, 0]);
});

test('fetchBlob() goes on with a registry that knows no ranges', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const bytes = Buffer.from('abcdefghij'.repeat(1000));
  const digest = registry.addBlob(bytes);
  const remote = await resolve(registry);
  let asked = 0;
  registry.misbehave((_, response) => {
    if (asked++ === 0) cutHalfWay(response, bytes);
    else response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    return true;
  });
  assert.deepEqual(await read(remote, digest, bytes.length), bytes);
});

test('fetchBlob() gives up on a registry that is cut again and again', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const digest = registry.addBlob(Buffer.from('never'));
  const remote = await resolve(registry);
  registry.misbehave((_, response) => {
    response.destroy();
    return true;
  });
  await assert.rejects(read(remote, digest, 5), EngineError);
  // Five tries; the first one used an idle connection, which might have been stale, and asked again over a new one.
  assert.equal(registry.seen.filter(({ path }) => path.includes('blobs')).length, 6);
});

test('fetchBlob() waits for a registry that is started anew', async () => {
  const registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const bytes = Buffer.from('0123456789'.repeat(1000));
  const digest = registry.addBlob(bytes);
  const remote = await resolve(registry, 100);
  const gone = Promise.withResolvers<void>();
  registry.misbehave((_, response) => {
    response.on('close', () => gone.resolve(registry[Symbol.asyncDispose]()));
    cutHalfWay(response, bytes);
    return true;
  });
  const reading = read(remote, digest, bytes.length);
  await gone.promise;
  await using again = await startFakeRegistry(Number(registry.address.split(':')[1]));
  again.addBlob(bytes);
  assert.deepEqual(await reading, bytes);
  assert.deepEqual(
    again.seen.map(({ range }) => range),
    ['bytes=5000-'],
  );
});
