import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf, EngineError, errorMessage } from '#base';
import { diffIdOf, harbours } from './testing/harbour.ts';

const harbour = harbours();

function conflict(text: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.kind, 'conflict');
    assert.match(error.message, text);
    return true;
  };
}

test('resolve() takes names, IDs, ID prefixes and digests', async () => {
  const { images, add } = harbour();
  const id = await add({ names: ['boat:1'], digestName: 'boat' });
  const hex = id.slice('sha256:'.length);
  const forms = ['boat:1', 'docker.io/library/boat:1', id, hex, hex.slice(0, 12), id.slice(0, 15)];
  for (const form of [...forms, `boat@${digestOf('boat')}`]) assert.equal(images.resolve(form).id, id, form);
});

test('resolve() prefers a name over an ID that begins like it', async () => {
  const { images, add } = harbour();
  const first = await add({ names: ['x:1'] });
  const second = await add({ names: [`${first.slice(7, 13)}:latest`], layers: ['two'] });
  assert.equal(images.resolve(first.slice(7, 13)).id, second);
});

test('resolve() tells unknown images in Docker’s words', () => {
  const { images } = harbour();
  const texts: readonly (readonly [asked: string, told: string])[] = [
    ['boat', 'No such image: boat:latest'],
    ['boat:1', 'No such image: boat:1'],
    ['ada/boat', 'No such image: ada/boat:latest'],
    ['f'.repeat(64), `No such image: sha256:${'f'.repeat(64)}`],
    ['abc123', 'No such image: abc123:latest'],
  ];
  for (const [asked, told] of texts) {
    assert.throws(
      () => images.resolve(asked),
      (error) => errorMessage(error) === told,
    );
  }
});

test('resolve() refuses a prefix that several images have', async () => {
  const { images, add } = harbour();
  const seen = new Map<string, Digest>();
  for (let i = 0; ; i++) {
    const id = await add({ layers: [`layer ${i}`] });
    const digit = id.slice(7, 8);
    if (!seen.has(digit)) {
      seen.set(digit, id);
      continue;
    }
    assert.throws(() => images.resolve(digit), /multiple IDs found with provided prefix/);
    return;
  }
});

test('resolve() refuses an image of another platform', async () => {
  const { images, add } = harbour();
  await add({ names: ['boat:1'] });
  assert.throws(
    () => images.resolve('boat:1', { os: 'linux', architecture: 'arm64' }),
    /found but its platform \(linux\/amd64\) does not match the specified platform \(linux\/arm64\)$/,
  );
});

test('list() sorts the newest first and filters', async () => {
  const { images, add } = harbour();
  await add({ names: ['old:1'], created: '2020-01-01T00:00:00Z', labels: { tier: 'web' } });
  await add({ names: ['new:1', 'new:2'], created: '2024-01-01T00:00:00Z', layers: ['two'] });
  await add({ created: '2022-01-01T00:00:00Z', layers: ['three'] });
  const tags = (filters: Record<string, readonly string[]>) =>
    images.list({ filters }).map((image) => image.tags);
  assert.deepEqual(tags({}), [['new:1', 'new:2'], [], ['old:1']]);
  assert.deepEqual(tags({ dangling: ['true'] }), [[]]);
  assert.deepEqual(tags({ dangling: ['false'] }), [['new:1', 'new:2'], ['old:1']]);
  assert.deepEqual(tags({ label: ['tier=web'] }), [['old:1']]);
  assert.deepEqual(tags({ reference: ['new'] }), [['new:1', 'new:2']]);
  assert.deepEqual(tags({ reference: ['*:2'] }), [['new:2']]);
  assert.deepEqual(tags({ before: ['new:1'] }), [[], ['old:1']]);
  assert.deepEqual(tags({ since: ['old:1'] }), [['new:1', 'new:2'], []]);
  assert.deepEqual(tags({ until: ['2021-01-01'] }), [['old:1']]);
  assert.throws(() => tags({ colour: ['red'] }), /invalid filter 'colour'/);
});

test('list() says how much images share when it is asked', async () => {
  const { images, add } = harbour();
  await add({ names: ['a:1'], layers: ['base', 'a'] });
  await add({ names: ['b:1'], layers: ['base'] });
  const shared = images.list({ sharedSize: true }).map((image) => [image.sizeBytes, image.sharedBytes]);
  assert.deepEqual(shared.sort(), [
    [10, 10],
    [20, 10],
  ]);
  assert.equal(images.list()[0]?.sharedBytes, undefined);
});

test('history() gives the newest step the ID and the names', async () => {
  const { images, add } = harbour();
  const id = await add({ names: ['boat:1'] });
  const steps = images.history('boat:1').map((step) => [step.id, step.createdBy, step.sizeBytes, step.tags]);
  assert.deepEqual(steps, [
    [id, 'meta', 0, ['boat:1']],
    [undefined, 'first', 10, []],
  ]);
});

test('tag() moves a name, and refuses a digest', async () => {
  const { images, add, facts } = harbour();
  const first = await add({ names: ['boat:1'] });
  const second = await add({ names: ['boat:2'], layers: ['two'] });
  images.tag(second.slice(7, 17), 'boat:1');
  assert.equal(images.resolve('boat:1').id, second);
  assert.deepEqual(images.inspect(first).tags, []);
  assert.throws(() => images.tag('boat:1', `boat@${digestOf('x')}`), /cannot import digest reference/);
  assert.throws(() => images.tag('boat:1', 'Boat'), /must be lowercase/);
  assert.throws(() => images.tag('boat:1', 'sha256:1'), /ambiguous tag using digest algorithm as name/);
  assert.deepEqual(facts, ['tag']);
});

test('remove() by name only untags while other names are left', async () => {
  const { images, add, facts } = harbour();
  await add({ names: ['boat:1', 'boat:2'] });
  const items = await images.remove('boat:1', { force: false });
  assert.deepEqual(items, [{ kind: 'untagged', reference: 'boat:1' }]);
  assert.equal(images.count(), 1);
  assert.deepEqual(facts, ['untag']);
});

test('remove() of the last tag takes the digest names along and deletes', async () => {
  const { images, add, facts } = harbour();
  const id = await add({ names: ['boat:1'], digestName: 'boat' });
  const items = await images.remove('boat:1', { force: false });
  assert.deepEqual(items, [
    { kind: 'untagged', reference: 'boat:1' },
    { kind: 'untagged', reference: `boat@${digestOf('boat')}` },
    { kind: 'deleted', digest: id },
    { kind: 'deleted', digest: diffIdOf('one') },
  ]);
  assert.deepEqual(facts, ['untag', 'untag', 'delete']);
});

test('remove() by digest works', async () => {
  const { images, add } = harbour();
  await add({ digestName: 'boat' });
  await images.remove(`boat@${digestOf('boat')}`, { force: false });
  assert.equal(images.count(), 0);
});

test('remove() by ID takes several names only by force', async () => {
  const { images, add } = harbour();
  const id = await add({ names: ['boat:1', 'ship:1'] });
  const refusal = conflict(
    /^conflict: unable to delete \w{12} \(must be forced\) - image is referenced in multiple/,
  );
  await assert.rejects(images.remove(id.slice(7, 19), { force: false }), refusal);
  await images.remove(id.slice(7, 19), { force: true });
  assert.equal(images.count(), 0);
});

test('remove() spares an image that a container was made from', async () => {
  const { images, add, users } = harbour();
  const id = await add({ names: ['boat:1'] });
  users.push({ id: 'c'.repeat(64), running: false });
  await assert.rejects(
    images.remove('boat:1', { force: false }),
    conflict(
      /^conflict: unable to remove repository reference "boat:1" \(must force\) - container c{12} is using its referenced image \w{12}$/,
    ),
  );
  await assert.rejects(
    images.remove(id, { force: false }),
    conflict(/\(must be forced\) - image is being used by stopped container c{12}$/),
  );
});

test('remove() by force untags what a running container uses, and keeps the image', async () => {
  const { images, add, users } = harbour();
  const id = await add({ names: ['boat:1'] });
  users.push({ id: 'c'.repeat(64), running: true });
  await assert.rejects(
    images.remove(id, { force: true }),
    conflict(/\(cannot be forced\) - image is being used by running container c{12}$/),
  );
  const items = await images.remove('boat:1', { force: true });
  assert.deepEqual(items, [{ kind: 'untagged', reference: 'boat:1' }]);
  assert.equal(images.inspect(id).id, id);
});
