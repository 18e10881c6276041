import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { basic, type GuardedServer, startGuardedServer } from '../testing/guarded-server.ts';
import { parseScopes } from './scopes.ts';
import { readToken, signToken } from './signed.ts';

const scope = 'repository:team/app:pull,push';

describe('tokens', () => {
  let guarded: GuardedServer;
  before(async () => {
    guarded = await startGuardedServer();
    await guarded.addProject({ name: 'team' });
    await guarded.addProject({ name: 'open', isPublic: true });
    await guarded.addMembers(['team'], ['guest', 'developer']);
  });
  after(() => guarded?.[Symbol.asyncDispose]());

  const key = () => readFileSync(join(guarded.folder, 'data', 'token.key'));
  const begin = (token: string, repository = 'team/app') =>
    guarded.server.ask('POST', `/v2/${repository}/blobs/uploads/`, {
      headers: { Authorization: `Bearer ${token}` },
    });
  const post = (fields: Record<string, string>) =>
    guarded.server.ask('POST', '/token', {
      body: new URLSearchParams(fields).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
  const claimsOf = (token: string): Record<string, unknown> => ({ ...readToken(key(), token) });

  test('a challenge says where to get a token, and for what', async () => {
    const { status, headers } = await guarded.server.ask('POST', '/v2/team/app/blobs/uploads/');
    assert.equal(status, 401);
    assert.equal(
      headers.get('www-authenticate'),
      `Bearer realm="http://${guarded.server.address}/token",service="wharf-registry",scope="${scope}"`,
    );
    assert.equal((await guarded.server.ask('GET', '/v2/')).status, 401);
  });

  test('a token is good for what it names and for nothing else', async () => {
    const token = await guarded.token(scope, 'developer-user');
    assert.equal((await begin(token)).status, 202);
    const elsewhere = await begin(token, 'team/other');
    assert.equal(elsewhere.status, 401);
    assert.match(elsewhere.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
  });

  test('a token has no more than its account may', async () => {
    const token = await guarded.token(scope, 'guest-user');
    assert.deepEqual(claimsOf(token).access, [{ type: 'repository', name: 'team/app', actions: ['pull'] }]);
    assert.equal((await begin(token)).status, 403);
    assert.deepEqual(claimsOf(await guarded.token(scope)).access, []);
    const anyone = await guarded.token('repository:open/app:pull,push,delete');
    assert.deepEqual(claimsOf(anyone).access, [{ type: 'repository', name: 'open/app', actions: ['pull'] }]);
  });

  test('forged, foreign and expired tokens are void', async () => {
    const token = await guarded.token(scope, 'developer-user');
    const claims = claimsOf(token);
    const [header = '', body = '', mac = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const signedAs = (head: string) =>
      `${head}.${body}.${createHmac('sha256', key()).update(`${head}.${body}`).digest('base64url')}`;
    const otherBody = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const bad: Readonly<Record<string, string>> = {
      'another audience': signToken(key(), { ...claims, aud: 'other-registry' }),
      'another key': signToken(Buffer.alloc(32), claims),
      expired: signToken(key(), { ...claims, exp: now - 1 }),
      'without an end': signToken(key(), { ...claims, exp: undefined }),
      'not yet': signToken(key(), { ...claims, nbf: now + 60 }),
      'another use': signToken(key(), { ...claims, use: 'refresh' }),
      'of somebody else': `${header}.${otherBody}.${mac}`,
      'not signed': `${none}.${body}.`,
      'signed, but not by its header': signedAs(none),
      'an older generation': signToken(key(), { ...claims, generation: 'x' }),
      'of nobody known': signToken(key(), { ...claims, sub: 'nobody' }),
      'cut off': token.slice(0, -5),
      empty: '..',
      'no token': 'x'.repeat(10_000),
    };
    for (const [what, forged] of Object.entries(bad)) {
      const { status, headers } = await begin(forged);
      assert.equal(status, 401, what);
      assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/, what);
    }
    assert.equal((await begin(token)).status, 202);
  });

  test('a void token does not even pull what is public', async () => {
    const headers = { Authorization: 'Bearer nonsense' };
    assert.equal((await guarded.server.ask('GET', '/v2/open/app/tags/list', { headers })).status, 401);
  });

  test('what was given is void once the password is another one, and rights count when it is used', async () => {
    await guarded.managed('POST', '/users', { name: 'carol', password: 'battery-staple' });
    await guarded.managed('PUT', '/projects/team/members/carol', { role: 'developer' });
    const token = await guarded.token(scope, 'carol');
    await guarded.managed('PUT', '/projects/team/members/carol', { role: 'guest' });
    assert.equal((await begin(token)).status, 403);
    await guarded.managed('PUT', '/projects/team/members/carol', { role: 'developer' });
    assert.equal((await begin(token)).status, 202);
    await guarded.managed('PUT', '/users/carol/password', { password: 'another-one' });
    assert.equal((await begin(token)).status, 401);
    await guarded.managed('DELETE', '/users/carol');
    await guarded.managed('POST', '/users', { name: 'carol', password: 'battery-staple' });
    assert.equal((await begin(token)).status, 401);
  });

  test('a refresh token stands for the password, until that changes', async () => {
    await guarded.managed('POST', '/users', { name: 'dave', password: 'battery-staple' });
    const form = { service: 'wharf-registry', client_id: 'test', grant_type: 'password' };
    const login = await post({
      ...form,
      username: 'dave',
      password: 'battery-staple',
      access_type: 'offline',
    });
    const { refresh_token: refresh = '' } = await asTexts(login);
    const again = await post({ ...form, grant_type: 'refresh_token', refresh_token: refresh });
    assert.equal(again.status, 200);
    // The one is no good as the other.
    assert.equal((await begin(refresh)).status, 401);
    const { access_token: access = '', ...rest } = await asTexts(again);
    assert.equal(rest.refresh_token, undefined);
    const swapped = await post({ ...form, grant_type: 'refresh_token', refresh_token: access });
    assert.equal(swapped.status, 401);
    await guarded.managed('PUT', '/users/dave/password', { password: 'another-one' });
    const stale = await post({ ...form, grant_type: 'refresh_token', refresh_token: refresh });
    assert.equal(stale.status, 401);
  });

  test('a robot that expires is nobody from then on, in the middle of a token’s life', async (context) => {
    const expiresMs = Date.now() + 60_000;
    const { fullName, token } = await guarded.managed('POST', '/projects/team/robots', {
      name: 'brief',
      role: 'developer',
      expiresMs,
    });
    const bearer = await guarded.token(scope, `${fullName}:${token}`);
    assert.equal((await begin(bearer)).status, 202);
    context.mock.timers.enable({ apis: ['Date'], now: expiresMs });
    try {
      assert.equal((await begin(bearer)).status, 401);
      const headers = { Authorization: basic(`${fullName}:${token}`) };
      assert.equal((await guarded.server.ask('GET', '/v2/', { headers })).status, 401);
    } finally {
      context.mock.timers.reset();
    }
  });

  test('malformed requests for tokens are refused', async () => {
    const ask = (query: string, method = 'GET') => guarded.server.ask(method, `/token?${query}`);
    assert.equal((await ask('service=other')).status, 400);
    assert.equal((await ask('', 'DELETE')).status, 405);
    assert.equal((await post({ grant_type: 'magic' })).status, 400);
    assert.equal((await post({ grant_type: 'password', username: 'admin' })).status, 401);
    assert.equal((await post({ padding: 'x'.repeat(100_000) })).status, 413);
    const headers = { Authorization: basic('admin:wrong') };
    const wrong = await guarded.server.ask('GET', '/token', { headers });
    assert.equal(wrong.status, 401);
    assert.match(await wrong.text(), /"code":"UNAUTHORIZED","message":"incorrect username or password"/);
  });

  test('the key outlives the server and nobody else can read it', async () => {
    const { statSync } = await import('node:fs');
    assert.equal(statSync(join(guarded.folder, 'data', 'token.key')).mode & 0o777, 0o600);
  });
});

test('parseScopes() takes scopes of all forms and leaves out what is none', () => {
  assert.deepEqual(parseScopes(['repository:a/b:pull,push,pull registry:catalog:*', 'nonsense', ':x:y']), [
    { type: 'repository', name: 'a/b', actions: ['pull', 'push'] },
    { type: 'registry', name: 'catalog', actions: ['*'] },
  ]);
  assert.deepEqual(parseScopes(['repository(plugin):host:5000/a:pull']), [
    { type: 'repository', name: 'host:5000/a', actions: ['pull'] },
  ]);
  const many = Array.from({ length: 1000 }, (_, place) => `repository:a${place}:pull`).join(' ');
  assert.equal(parseScopes([many]).length, 64);
});

async function asTexts(response: Response): Promise<Readonly<Record<string, string>>> {
  const value: unknown = await response.json();
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, String(content)]));
}
