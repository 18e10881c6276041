import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskImages, type Harbour, harbours } from './testing/harbour.ts';
import { parseAgeMs } from './unused.ts';

const harbour = harbours();
const dayMs = 24 * 3600 * 1000;

/** Adds images that were last used so many days ago. */
async function addAged({ add, metadata }: Harbour, days: readonly number[]): Promise<void> {
  for (const age of days) {
    const id = await add({ names: [`old:${age}`], layers: [`layer ${age}`] });
    metadata.run('UPDATE image SET used_ms = ? WHERE id = ?', Date.now() - age * dayMs - 1000, id);
  }
}

function tags({ images }: Harbour): string[] {
  return images
    .list()
    .flatMap((image) => image.tags)
    .sort();
}

test('parseAgeMs() takes days and weeks too', () => {
  assert.equal(parseAgeMs('30d'), 30 * dayMs);
  assert.equal(parseAgeMs('1w1d12h'), 8.5 * dayMs);
  assert.equal(parseAgeMs('90s'), 90_000);
  for (const text of ['', 'd', '3', '-1h', '1y']) assert.throws(() => parseAgeMs(text), /invalid duration/);
});

test('list() and prune() take the filter unused-for', async () => {
  const port = harbour();
  await addAged(port, [1, 10, 40]);
  const listed = port.images.list({ filters: { 'unused-for': ['10d'] } }).flatMap((image) => image.tags);
  assert.deepEqual(listed.sort(), ['old:10', 'old:40']);
  await port.images.prune({ 'unused-for': ['10d'] });
  assert.equal(port.images.count(), 3);
  await port.images.prune({ 'unused-for': ['30d'], dangling: ['false'] });
  assert.deepEqual(tags(port), ['old:1', 'old:10']);
  await assert.rejects(port.images.prune({ 'unused-for': ['soon'] }), /invalid duration: "soon"/);
});

test('noteUse() makes an image young again; one that a container has is never old', async () => {
  const port = harbour();
  await addAged(port, [40, 50]);
  port.images.noteUse(port.images.resolve('old:40').id);
  port.users.push({ id: 'c'.repeat(64), running: false });
  assert.deepEqual(port.images.list({ filters: { 'unused-for': ['1h'] } }), []);
  port.users.length = 0;
  const old = port.images.list({ filters: { 'unused-for': ['1h'] } });
  assert.deepEqual(old[0]?.tags, ['old:50']);
  assert.equal(old.length, 1);
});

test('prune() spares what is to be kept by label or by name; remove() does not', async () => {
  const port = harbour();
  await port.add({ names: ['precious:1'], labels: { 'wharf.keep': 'true' } });
  await port.add({ names: ['pinned:1'], layers: ['two'] });
  await port.add({ names: ['plain:1'], layers: ['three'] });
  port.policy.keep = ['pinned'];
  await port.images.prune({ dangling: ['false'] });
  assert.deepEqual(tags(port), ['pinned:1', 'precious:1']);
  await port.images.remove('pinned:1', { force: false });
  assert.deepEqual(tags(port), ['precious:1']);
});

test('relieve() removes what was unused longest, from the high mark to the low one', async () => {
  const port = harbour();
  await addAged(port, [3, 9, 1, 7, 5]);
  await port.images.relieve();
  assert.equal(port.images.count(), 5, 'no marks, nothing goes');
  const perImage = 100 / diskImages;
  const marks = { lowPercent: 3 * perImage, unusedForMs: 2 * dayMs };
  port.policy.waterMarks = { ...marks, highPercent: 6 * perImage };
  await port.images.relieve();
  assert.equal(port.images.count(), 5, 'below the high mark');
  port.policy.waterMarks = { ...marks, highPercent: 5 * perImage };
  await port.images.relieve();
  assert.deepEqual(tags(port), ['old:1', 'old:3', 'old:5']);
});

test('relieve() stops at images that were used lately, that are kept, and that containers have', async () => {
  const port = harbour();
  await addAged(port, [1, 5, 9]);
  port.policy.keep = ['old:9'];
  port.policy.waterMarks = { highPercent: 1, lowPercent: 0, unusedForMs: 2 * dayMs };
  port.users.push({ id: 'c'.repeat(64), running: false });
  await port.images.relieve();
  assert.equal(port.images.count(), 3);
  port.users.length = 0;
  await port.images.relieve();
  assert.deepEqual(tags(port), ['old:1', 'old:9']);
});

test('two prunes at once: the second is refused, and nothing is removed twice', async () => {
  const port = harbour();
  await addAged(port, [1, 2, 3]);
  const first = port.images.prune({ dangling: ['false'] });
  await assert.rejects(port.images.prune({ dangling: ['false'] }), /a prune operation is already running/);
  const other = port.images.remove('old:3', { force: false }).catch(() => []);
  const removed = [...(await first).removed, ...(await other)].map((item) => JSON.stringify(item));
  assert.equal(new Set(removed).size, removed.length);
  assert.equal(port.images.count(), 0);
});
