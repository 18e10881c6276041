import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base';
import { parseImageConfig } from '#oci';
import { defineBuilt, readBuilt } from './definition.ts';
import * as gateway from './messages/gateway.ts';

const config = parseImageConfig(
  JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    config: { Env: ['A=b'] },
    rootfs: { type: 'layers', diff_ids: [digestOf('a'), digestOf('b')] },
    history: [{ created_by: 'x' }],
  }),
);

test('readBuilt() reads what defineBuilt() wrote, after a client has carried it', () => {
  const carried = gateway.definition.decode(gateway.definition.encode(defineBuilt(config)));
  assert.deepEqual(readBuilt('c', carried), config);
});

test('readBuilt() refuses graphs of other kinds', () => {
  const git = gateway.operation.encode({ source: { identifier: 'git://x', attrs: { config: '{}' } } });
  const [own] = defineBuilt(config).def;
  assert.ok(own);
  for (const def of [[], [git], [own, own]]) {
    assert.throws(() => readBuilt('c', { def, metadata: [] }), { kind: 'notImplemented' });
  }
  assert.throws(() => readBuilt('c', undefined), { kind: 'notImplemented' });
});
