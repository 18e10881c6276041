import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference } from '#oci';
import { EndpointFinder } from './endpoints.ts';
import { insecureTest } from './insecure.ts';
import type { RegistryPolicy } from './types.ts';

test('insecureTest() knows this machine and what is listed, by name, name and port, or network', () => {
  const isInsecure = insecureTest(['intern.example', 'host:5000', '10.1.0.0/16', 'fd00::/8']);
  for (const host of [
    'localhost:1',
    '127.3.2.1',
    '[::1]:5000',
    'Intern.example:99',
    'host:5000',
    '10.1.9.9',
  ]) {
    assert.equal(isInsecure(host), true, host);
  }
  assert.equal(isInsecure('[fd12::1]:5000'), true);
  for (const host of ['host', 'example', '10.2.0.1', '[fe80::1]'])
    assert.equal(isInsecure(host), false, host);
});

function urls(name: string, policy: Partial<RegistryPolicy> = {}): string[] {
  const finder = new EndpointFinder({ mirrors: [], insecureRegistries: [], ...policy }, '/nowhere');
  return finder.all(parseReference(name)).map(({ url }) => url);
}

test('EndpointFinder tries TLS first, and plain HTTP only where that is allowed', () => {
  assert.deepEqual(urls('quay.example/a'), ['https://quay.example']);
  assert.deepEqual(urls('127.0.0.1:5000/a'), ['https://127.0.0.1:5000', 'http://127.0.0.1:5000']);
  assert.deepEqual(urls('alpine', { insecureRegistries: ['registry-1.docker.io'] }), [
    'https://registry-1.docker.io',
  ]);
});

test('EndpointFinder puts mirrors before the hub, and a registry’s own mirrors before it', () => {
  const mirrors = ['https://m.example/', 'http://127.0.0.1:5000/cache/'];
  const registries = { 'quay.example': { mirrors: ['https://q.example'] } };
  const policy = { mirrors, registries };
  assert.deepEqual(urls('alpine', policy), [
    'https://m.example',
    'http://127.0.0.1:5000/cache',
    'https://registry-1.docker.io',
  ]);
  assert.deepEqual(urls('quay.example/a', policy), ['https://q.example', 'https://quay.example']);
  assert.deepEqual(urls('other.example/a', policy), ['https://other.example']);
});
