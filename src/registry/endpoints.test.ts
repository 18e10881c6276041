import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference } from '#oci';
import { endpointsOf } from './endpoints.ts';
import { insecureTest } from './insecure.ts';

const isInsecure = insecureTest(['10.0.0.0/8', 'plain.example', 'some.example:5000', 'fd00::/8']);

test('insecureTest() knows this machine and what is listed, by name, name and port, or network', () => {
  const insecure = ['localhost:5000', '127.3.2.1', '[::1]:5000', '10.1.2.3:5000', 'plain.example:99'];
  for (const host of [...insecure, 'some.example:5000', '[fd00::1]:80'])
    assert.equal(isInsecure(host), true, host);
  for (const host of ['11.0.0.1', 'some.example', 'example.org:5000'])
    assert.equal(isInsecure(host), false, host);
});

test('endpointsOf() tries TLS first, and plain HTTP only where that is allowed', () => {
  const urls = (text: string) => endpointsOf(parseReference(text), [], isInsecure).map(({ url }) => url);
  assert.deepEqual(urls('localhost:5000/x'), ['https://localhost:5000', 'http://localhost:5000']);
  assert.deepEqual(urls('example.org/x'), ['https://example.org']);
});

test('endpointsOf() puts mirrors before the hub, for docker.io only', () => {
  const mirrors = ['http://mirror.example/'];
  const urls = (text: string) => endpointsOf(parseReference(text), mirrors, isInsecure).map(({ url }) => url);
  assert.deepEqual(urls('alpine').slice(0, 1), ['http://mirror.example']);
  assert.equal(urls('alpine').length, 2);
  assert.deepEqual(urls('example.org/alpine'), ['https://example.org']);
});
