import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from './endpoint.ts';

test('parseEndpoint() reads sockets and TCP addresses with their usual ports', () => {
  assert.deepEqual(parseEndpoint('unix:///x/y.sock'), {
    kind: 'unix',
    text: 'unix:///x/y.sock',
    path: '/x/y.sock',
  });
  const tcp = { kind: 'tcp', text: 'tcp://[::1]', host: '::1' };
  assert.deepEqual(parseEndpoint('tcp://[::1]'), { ...tcp, port: 2375 });
  assert.equal((parseEndpoint('tcp://a', { verify: true }) as { port: number }).port, 2376);
});

test('parseEndpoint() reads who, where and which socket of an ssh address', () => {
  const text = 'ssh://ada@[fe80::1]:2222/run/other.sock';
  const ssh = { kind: 'ssh', text, host: 'fe80::1', user: 'ada', port: 2222, path: '/run/other.sock' };
  assert.deepEqual(parseEndpoint(text), ssh);
  assert.deepEqual(parseEndpoint('ssh://far'), { kind: 'ssh', text: 'ssh://far', host: 'far' });
});

test('parseEndpoint() refuses what it cannot reach, and passwords', () => {
  assert.throws(() => parseEndpoint('foo://x'), { message: 'invalid bind address format: foo://x' });
  assert.throws(() => parseEndpoint('ssh://a:b@far'), { message: 'plain-text password is not supported' });
  assert.throws(() => parseEndpoint('ssh:///x'), /invalid SSH URL/);
});
