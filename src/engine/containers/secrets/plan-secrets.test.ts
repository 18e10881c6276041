import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import type { SecretKind } from '#engine/secrets';
import { planSecrets } from './plan-secrets.ts';

const find = (kind: SecretKind, ref: string) => {
  if (ref === 'none') throw new EngineError('notFound', `${kind} none not found`);
  return { id: `${kind}-${ref}`, name: ref };
};
const plan = (Labels: Record<string, string>, Mounts: Parameters<typeof planSecrets>[1]['Mounts'] = []) =>
  planSecrets({ Labels }, { Mounts }, find);
const usual = { uid: 0, gid: 0, mode: 0o444 };

test('planSecrets() reads mounts, with a place of their own or the usual one', () => {
  const mounts = [
    { Type: 'volume', Source: 'data', Target: '/data' },
    { Type: 'secret', Source: 'map', Target: '' },
    { Type: 'secret', Source: 'map', Target: 'deep/map', SecretOptions: { UID: 7, GID: 8, Mode: 0o400 } },
    { Type: 'config', Source: 'rules', Target: '/etc/rules' },
  ];
  assert.deepEqual(plan({}, mounts), [
    { kind: 'secret', id: 'secret-map', name: 'map', destination: '/run/secrets/map', ...usual },
    {
      ...{ kind: 'secret', id: 'secret-map', name: 'map', destination: '/run/secrets/deep/map' },
      ...{ uid: 7, gid: 8, mode: 0o400 },
    },
    { kind: 'config', id: 'config-rules', name: 'rules', destination: '/etc/rules', ...usual },
  ]);
});

test('planSecrets() reads labels', () => {
  const labels = { 'wharf.secrets': 'map, key:/etc/key:0400:1000:100', 'wharf.configs': 'rules' };
  assert.deepEqual(
    plan(labels).map(({ destination, uid, gid, mode }) => [destination, uid, gid, mode]),
    [
      ['/run/secrets/map', 0, 0, 0o444],
      ['/etc/key', 1000, 100, 0o400],
      ['/rules', 0, 0, 0o444],
    ],
  );
});

test('planSecrets() refuses what makes no sense and what is not there', () => {
  const refused = (labels: Record<string, string>, message: RegExp) =>
    assert.throws(() => plan(labels), { kind: 'invalid', message });
  refused({ 'wharf.secrets': 'none' }, /secret none not found/);
  refused({ 'wharf.secrets': 'a:b:c' }, /invalid label wharf.secrets: "a:b:c"/);
  refused({ 'wharf.secrets': 'a:b:0400:1:2:3' }, /invalid label/);
  refused({ 'wharf.secrets': 'a:b:7777' }, /invalid mode: 7777/);
  refused({ 'wharf.configs': 'a:/' }, /destination can't be '\/'/);
  const bind = { Type: 'secret', Source: 'a', Target: '/a', BindOptions: {} };
  assert.throws(() => plan({}, [bind]), /BindOptions must not be specified on mount type "secret"/);
  assert.throws(() => plan({}, [{ Type: 'secret', Target: '/a' }]), /field Source must not be empty/);
});
