import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetadata } from '#store/metadata';
import { Records } from './records.ts';
import { recordOf } from './testing/records.ts';
import type { ContainerId } from './types.ts';

const argo = recordOf();
const boat = recordOf({}, undefined, {
  id: 'c0de'.padEnd(64, '1') as ContainerId,
  name: 'boat',
  createdNs: 2n,
});

test('find() takes ids, names with or without slash, and unique starts of an id', () => {
  const records = new Records(openMetadata(':memory:'));
  records.insert(argo);
  records.insert(boat);
  for (const ref of [argo.id, 'argo', '/argo', 'c0f']) assert.equal(records.find(ref).name, 'argo');
  assert.throws(() => records.find('c0'), /multiple IDs found with provided prefix: c0/);
  assert.throws(() => records.find('nobody'), /No such container: nobody/);
  assert.throws(() => records.find(''), { kind: 'invalid', message: 'invalid name or ID supplied: ""' });
  assert.deepEqual(
    records.all().map(({ name }) => name),
    ['boat', 'argo'],
  );
});

test('insert() and update() refuse a name that is taken', () => {
  const records = new Records(openMetadata(':memory:'));
  records.insert(argo);
  assert.throws(
    () => records.insert({ ...boat, name: 'argo' }),
    /The container name "\/argo" is already in use by/,
  );
  records.insert(boat);
  assert.throws(() => records.update(boat.id, { name: 'argo' }), /already in use/);
  records.update(argo.id, { name: 'new' });
  records.update(boat.id, { name: 'argo' });
  assert.equal(records.find('argo').id, boat.id);
});

test('records come back as they were stored, and do not after delete()', () => {
  const metadata = openMetadata(':memory:');
  const run = { startedNs: 1n, finishedNs: 2n ** 62n, exitCode: 3, oomKilled: true, error: '' };
  const first = new Records(metadata);
  first.insert({ ...argo, state: { status: 'running', pid: 7, run } });
  first.insert(boat);
  first.delete(boat.id);
  const [stored, ...others] = new Records(metadata).all();
  assert.deepEqual({ sandbox: undefined, ...stored }, { ...argo, state: { status: 'running', pid: 7, run } });
  assert.deepEqual(others, []);
});
