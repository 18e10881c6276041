import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCandidates } from './candidates.ts';

const words = async (line: string) => {
  const found = await findCandidates(line.split(' '));
  return 'words' in found ? found.words : found.names;
};

test('findCandidates() completes names of commands and groups', async () => {
  assert.deepEqual(await words('sto'), ['stop']);
  assert.deepEqual(await words('netw'), ['network']);
  assert.deepEqual(await words('container sta'), ['start', 'stats']);
  assert.deepEqual(await words('system d'), ['df']);
  assert.deepEqual(await words('--debug -H unix:///x sto'), ['stop']);
});

test('findCandidates() completes flags, and leaves their values to the shell', async () => {
  assert.deepEqual(await words('ps --f'), ['--filter', '--format']);
  assert.deepEqual(await words('run --cidfile '), []);
  assert.deepEqual(await words('run -it --env-file ./x'), []);
});

test('findCandidates() knows what each command takes', async () => {
  assert.equal(await words('stop '), 'container');
  assert.equal(await words('container rm -f a b'), 'container');
  assert.equal(await words('run -d '), 'image');
  assert.deepEqual(await words('run -d base '), []);
  assert.equal(await words('volume rm '), 'volume');
  assert.equal(await words('network inspect '), 'network');
  assert.equal(await words('rmi '), 'image');
  assert.deepEqual(await words('nonsense '), []);
});
