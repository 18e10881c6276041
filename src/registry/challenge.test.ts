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
});
