import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenge } from './challenge.ts';

test('parseChallenge() reads realm, service and scope, quoted or not', () => {
  const header = 'Bearer realm="https://auth.example/token",service=shop,scope="repository:a/b:pull,push"';
  assert.deepEqual(parseChallenge(header), {
    scheme: 'bearer',
    realm: 'https://auth.example/token',
    service: 'shop',
    scope: 'repository:a/b:pull,push',
  });
});

test('parseChallenge() knows basic, and nothing else', () => {
  assert.deepEqual(parseChallenge('basic realm="x"'), { scheme: 'basic' });
  assert.equal(parseChallenge('Negotiate'), undefined);
  assert.equal(parseChallenge('Bearer service="no realm"'), undefined);
  assert.equal(parseChallenge('Bearer realm="no url"'), undefined);
  assert.equal(parseChallenge('Bearer realm="file:///etc/passwd"'), undefined);
});

test('parseChallenge() prefers a token among several challenges', () => {
  const bearer = 'Bearer realm="https://auth.example/token",service="a shop, large"';
  const expected = { scheme: 'bearer', realm: 'https://auth.example/token', service: 'a shop, large' };
  assert.deepEqual(parseChallenge(`Basic realm="x", ${bearer}`), expected);
  assert.deepEqual(parseChallenge(`${bearer}, Basic realm="x"`), expected);
  assert.deepEqual(parseChallenge('Bearer realm="none", Basic realm="x"'), { scheme: 'basic' });
  assert.deepEqual(parseChallenge('Negotiate, Basic realm="x"'), { scheme: 'basic' });
});

test('parseChallenge() takes its time with no header', () => {
  const long = `Bearer ${'a'.repeat(50_000)}, ${'b= '.repeat(20_000)}"`;
  assert.equal(parseChallenge(long), undefined);
});
