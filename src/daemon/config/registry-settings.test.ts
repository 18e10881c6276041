import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveProxies, resolveRegistries } from './registry-settings.ts';

test('resolveProxies() takes flag or file before the environment', () => {
  const env = { HTTP_PROXY: 'http://env', https_proxy: 'http://lower', NO_PROXY: 'env.example' };
  assert.deepEqual(resolveProxies({}, env), {
    http: 'http://env',
    https: 'http://lower',
    none: 'env.example',
  });
  const options = { httpProxy: 'http://flag', proxies: { 'no-proxy': 'file.example' } };
  assert.deepEqual(resolveProxies(options, env), {
    http: 'http://flag',
    https: 'http://lower',
    none: 'file.example',
  });
});

test('resolveProxies() refuses what is said twice, and keys that are none', () => {
  const twice = { httpProxy: 'a', proxies: { 'http-proxy': 'b' } };
  assert.throws(
    () => resolveProxies(twice, {}),
    /both as a flag .*: http-proxy: \(from flag: a, from file: b\)/,
  );
  assert.throws(() => resolveProxies({ proxies: { httpProxy: 'x' } }, {}), /don't match any .*: httpProxy/);
});

test('resolveRegistries() reads mirrors by registry', () => {
  const registries = { 'quay.example': { mirrors: ['https://m.example/quay'] }, other: { mirrors: null } };
  assert.deepEqual(resolveRegistries({ registries }), {
    'quay.example': { mirrors: ['https://m.example/quay/'] },
    other: { mirrors: [] },
  });
  assert.throws(
    () => resolveRegistries({ registries: { a: { mirrors: ['ftp://b'] } } }),
    /unsupported scheme "ftp"/,
  );
});
