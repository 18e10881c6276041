import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvironmentStore, parseAuthVariable } from './environment-store.ts';
import type { Credentials } from './types.ts';

const ada: Credentials = { username: 'ada', password: 'a:b', identityToken: '' };
const bob: Credentials = { username: 'bob', password: 'kept', identityToken: '' };

test('parseAuthVariable() reads servers with user and password', () => {
  const text = JSON.stringify({ auths: { 'reg:5000': { auth: btoa('ada:a:b') } } });
  assert.deepEqual([...parseAuthVariable(text)], [['reg:5000', ada]]);
  assert.deepEqual([...parseAuthVariable('{}')], []);
});

test('parseAuthVariable() refuses what is not that, in Docker’s words', () => {
  const cases: Readonly<Record<string, RegExp>> = {
    '{"auths":{"reg":{}}}': /^DOCKER_AUTH_CONFIG environment variable is missing key `auth` for reg$/,
    '{"auths":{"reg":{"username":"ada"}}}': /^json: unknown field "username"$/,
    '{"credsStore":"x"}': /^json: unknown field "credsStore"$/,
    '{"auths":{"reg":{"auth":"YWRh"}}}': /^Invalid auth configuration file$/,
    '{"auths":[]}': /^json: want an object$/,
    '{bad': /JSON/,
  };
  for (const [text, message] of Object.entries(cases)) {
    assert.throws(() => parseAuthVariable(text), { message }, text);
  }
});

test('what the environment brings goes before what is kept, which alone changes', async () => {
  const kept = new Map([['reg', bob]]);
  const store = new EnvironmentStore(new Map([['reg', ada]]), {
    find: async (server) => kept.get(server),
    keep: async (server, credentials) => void kept.set(server, credentials),
    forget: async (server) => void kept.delete(server),
  });
  assert.equal(await store.find('reg'), ada);
  await store.keep('other', bob);
  assert.equal(await store.find('other'), bob);
  await store.forget('reg');
  assert.equal(await store.find('reg'), ada);
  assert.deepEqual([...kept.keys()], ['other']);
});
