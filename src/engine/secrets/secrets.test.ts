import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type Metadata, openMetadata } from '#store/metadata';
import { openSealingKey } from './sealing-key.ts';
import { SecretEngine } from './secrets.ts';

let folder: string;
let metadata: Metadata;
let secrets: SecretEngine;
let configs: SecretEngine;
const users: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharf-test-secrets-'));
  metadata = openMetadata(join(folder, 'metadata.db'));
  const key = () => openSealingKey(join(folder, 'secrets.key'));
  const rooms = { metadata, events: { publish() {} }, key, usersOf: () => users };
  secrets = new SecretEngine({ ...rooms, kind: 'secret' });
  configs = new SecretEngine({ ...rooms, kind: 'config' });
});
afterEach(() => {
  metadata.close();
  users.length = 0;
  rmSync(folder, { recursive: true });
});

const labels = { deck: 'low' };
const content = Buffer.from('the treasure is under the palm');

test('read() gives what create() was given, and neither database nor key holds it', () => {
  const { id } = secrets.create({ name: 'map', labels, content });
  assert.match(id, /^[0-9a-z]{25}$/);
  for (const ref of [id, 'map', id.slice(0, 10)]) assert.deepEqual(Buffer.from(secrets.read(ref)), content);
  for (const file of ['metadata.db', 'metadata.db-wal', 'secrets.key']) {
    assert.ok(!readFileSync(join(folder, file)).includes('treasure'), file);
  }
  assert.equal(statSync(join(folder, 'secrets.key')).mode & 0o777, 0o600);
});

test('create() refuses bad names, contents and what is there, of one kind only', () => {
  const refused = (name: string, bytes: number, message: RegExp) =>
    assert.throws(() => secrets.create({ name, labels, content: Buffer.alloc(bytes) }), message);
  for (const name of ['', '-a', 'a-', 'a/b', 'n'.repeat(65)]) refused(name, 1, /invalid name, only 64/);
  refused('empty', 0, /secret data must be larger than 0 and less than 512000 bytes/);
  refused('large', 512_000, /secret data must be larger than 0/);
  secrets.create({ name: 'map', labels, content });
  refused('map', 1, /code = AlreadyExists desc = secret map already exists/);
  configs.create({ name: 'map', labels, content });
});

test('list() filters by start of name, name, id and label', () => {
  const { id } = secrets.create({ name: 'map', labels, content });
  secrets.create({ name: 'chart', labels: {}, content });
  const names = (filter = {}) => secrets.list(filter).map(({ name }) => name);
  assert.deepEqual(names(), ['chart', 'map']);
  assert.deepEqual(names({ name: ['ma'] }), ['map']);
  assert.deepEqual(names({ names: ['ma'] }), []);
  assert.deepEqual(names({ id: [id.slice(0, 12)] }), ['map']);
  assert.deepEqual(names({ label: ['deck=low'] }), ['map']);
  assert.throws(() => names({ colour: ['red'] }), /invalid filter/);
});

test('update() changes labels of the version that it was told, and nothing else', () => {
  secrets.create({ name: 'map', labels, content });
  secrets.update('map', { version: 1, name: 'map', labels: { deck: 'high' } });
  const { version, labels: updated } = secrets.find('map');
  assert.deepEqual([version, updated], [2, { deck: 'high' }]);
  const update = (change: object) => () =>
    secrets.update('map', { version: 2, name: 'map', labels, ...change });
  assert.throws(update({ version: 1 }), /update out of sequence/);
  assert.throws(update({ name: 'chart' }), /only updates to Labels are allowed/);
  assert.throws(update({ content: Buffer.from('other') }), /only updates to Labels are allowed/);
  update({ content })();
});

test('remove() refuses what a container uses', () => {
  secrets.create({ name: 'map', labels, content });
  users.push('ship');
  assert.throws(() => secrets.remove('map'), /secret 'map' is in use by the following container: ship/);
  users.length = 0;
  secrets.remove('map');
  assert.throws(() => secrets.find('map'), { kind: 'notFound', message: 'secret map not found' });
});

test('read() knows a content that another key sealed, or that was put in another place', () => {
  secrets.create({ name: 'map', labels, content });
  secrets.create({ name: 'chart', labels, content });
  metadata.run("UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'map')");
  assert.throws(() => secrets.read('chart'), { kind: 'corrupt' });
  writeFileSync(join(folder, 'secrets.key'), Buffer.alloc(32));
  assert.throws(() => secrets.read('map'), { kind: 'corrupt' });
  writeFileSync(join(folder, 'secrets.key'), '');
  assert.throws(() => secrets.read('map'), /holds no key/);
});
