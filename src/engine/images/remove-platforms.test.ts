import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bring, foreign, native, publish } from './testing/fleet.ts';
import { harbours } from './testing/harbour.ts';

const harbour = harbours();

test('remove() by name takes every platform of it, by ID only one', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  const strange = await bring(port, fleet, foreign, 'boat:1');
  await port.images.remove(strange, { force: false });
  assert.equal(port.images.count(), 1);
  await bring(port, fleet, foreign, 'boat:1');
  const removed = await port.images.remove('boat:1', { force: false });
  assert.equal(port.images.count(), 0);
  assert.equal(removed.filter(({ kind }) => kind === 'untagged').length, 1);
  assert.deepEqual(port.records.names(), []);
});

test('remove() by ID of what a name means leaves the name to the other platform', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  const strange = await bring(port, fleet, foreign, 'boat:1');
  await port.images.remove(own, { force: true });
  assert.equal(port.images.resolve('boat:1').id, strange);
});

test('remove() of platforms takes only those, and nothing when one is not there', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  await bring(port, fleet, foreign, 'boat:1');
  const remove = (...architectures: string[]) =>
    port.images.remove('boat:1', {
      force: false,
      platforms: architectures.map((architecture) => ({ os: 'linux', architecture })),
    });
  await assert.rejects(remove(foreign, 's390x'), /does not match the specified platform/);
  assert.equal(port.images.count(), 2);
  await remove(foreign, foreign);
  assert.equal(port.images.resolve('boat:1').id, own);
  port.images.tag('boat:1', 'ship:1');
  await remove(native);
  assert.deepEqual(
    port.records.names().map(({ repository }) => repository),
    ['docker.io/library/ship'],
  );
  assert.equal(port.images.resolve('ship:1').id, own);
});

test('remove() by the digest of an index takes all of it, or nothing', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  await bring(port, fleet, foreign, 'boat:1');
  port.users.push({ id: 'c'.repeat(64), running: true });
  const { digest } = fleet.target;
  await assert.rejects(port.images.remove(digest, { force: true }), /used by running container/);
  assert.equal(port.images.count(), 2);
  port.users.length = 0;
  const removed = await port.images.remove(digest, { force: false });
  assert.equal(removed.filter(({ kind }) => kind === 'untagged').length, 1);
  assert.equal(port.images.count(), 0);
});
