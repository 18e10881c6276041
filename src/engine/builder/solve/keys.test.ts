import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiffId, digestOf } from '#base';
import { hostPlatform } from '#oci';
import type { CopyAction, CopyVertex, RunVertex, Vertex } from '../graph/types.ts';
import { copyKey, runKey } from './keys.ts';

const told = { name: '', range: undefined };
const scratch: Vertex = { ...told, op: 'scratch' };
const local: Vertex = { ...told, op: 'local', context: 'context' };
const content = digestOf('what is selected');
const one = [digestOf('one') as DiffId];
const other = [digestOf('other') as DiffId];

const run: RunVertex = {
  ...told,
  op: 'run',
  root: scratch,
  args: ['x'],
  env: [],
  hiddenEnv: [],
  workingDir: '/',
  user: '',
  mounts: [],
  script: undefined,
  network: 'default',
  security: 'sandbox',
  devices: [],
  platform: hostPlatform(),
  ignoreCache: false,
};

function copy(action: Partial<Extract<CopyAction, { kind: 'copy' }>>, link = false): CopyVertex {
  const plain = { source: '/a', destination: '/b', excludes: [], parents: false, unpack: false } as const;
  const whole = {
    ...plain,
    kind: 'copy',
    from: local,
    owner: undefined,
    mode: undefined,
    ...action,
  } as const;
  return { ...told, op: 'copy', root: scratch, link, actions: [whole], ignoreCache: false };
}

test('runKey() knows limits and hosts, but no proxies', () => {
  const keyOf = (vertex: RunVertex, hostConfig = {}) => runKey(vertex, { root: [], mounts: [], hostConfig });
  const key = keyOf(run);
  assert.equal(keyOf({ ...run, hiddenEnv: ['http_proxy=p'], name: 'other' }), key);
  assert.notEqual(keyOf(run, { ExtraHosts: ['a:1.2.3.4'] }), key);
});

test("copyKey() tells files that belong to somebody from those that become root's", () => {
  assert.notEqual(copyKey(copy({}), [], [content]), copyKey(copy({ from: scratch }), [], [content]));
});

test('copyKey() of a linked copy knows the root only when names of owners are looked up in it', () => {
  const keyOf = (vertex: CopyVertex, root = one) => copyKey(vertex, root, [content]);
  for (const owner of [undefined, '1', '1:2']) {
    const vertex = copy({ owner }, true);
    assert.equal(keyOf(vertex), keyOf(vertex, other));
  }
  const named = copy({ owner: 'ada' }, true);
  assert.notEqual(keyOf(named), keyOf(named, other));
  assert.notEqual(keyOf(copy({})), keyOf(copy({}), other));
});
