import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type GuardedServer, rootPassword, startGuardedServer } from '../testing/guarded-server.ts';
import { startTestServer } from '../testing/server.ts';

describe('sessions', () => {
  let guarded: GuardedServer;
  before(async () => {
    guarded = await startGuardedServer();
  });
  after(() => guarded?.[Symbol.asyncDispose]());

  const enter = async (password = rootPassword, headers: Record<string, string> = {}) => {
    const body = JSON.stringify({ name: 'admin', password });
    const response = await guarded.server.ask('POST', '/api/session', { body, headers });
    const cookie = response.headers.get('set-cookie') ?? '';
    const said = JSON.parse(await response.text());
    return { status: response.status, cookie, pair: cookie.split(';')[0] ?? '', csrf: String(said.csrf) };
  };
  const add = async (headers: Record<string, string>, name = 'made') =>
    (await guarded.server.ask('POST', '/api/projects', { body: JSON.stringify({ name }), headers })).status;

  test('a session’s cookie can’t be read by scripts nor sent by other sites', async () => {
    const { cookie, status } = await enter();
    assert.equal(status, 200);
    for (const word of ['HttpOnly', 'SameSite=Strict', 'Path=/api']) assert.ok(cookie.includes(word), cookie);
    assert.equal((await enter('wrong-password')).status, 401);
  });

  test('a change needs the word of its session, and comes from its own site', async () => {
    const { pair, csrf } = await enter();
    const other = await enter();
    const good = { Cookie: pair, 'X-CSRF-Token': csrf };
    assert.equal(await add({ Cookie: pair }), 403);
    assert.equal(await add({ Cookie: pair, 'X-CSRF-Token': '' }), 403);
    assert.equal(await add({ Cookie: pair, 'X-CSRF-Token': other.csrf }), 403);
    assert.equal(await add({ ...good, Origin: 'http://evil.example' }), 403);
    assert.equal(await add({ ...good, Origin: 'null' }), 403);
    assert.equal(await add({ ...good, 'Sec-Fetch-Site': 'cross-site' }), 403);
    assert.equal(await add({ ...good, 'Sec-Fetch-Site': 'same-site' }), 403);
    assert.equal(await add({ 'X-CSRF-Token': csrf }), 401);
    assert.equal(await add({ ...good, Origin: `http://${guarded.server.address}` }), 200);
  });

  test('a browser can’t be logged in by another site', async () => {
    assert.equal((await enter(rootPassword, { Origin: 'http://evil.example' })).status, 403);
  });

  test('many guesses at once are guesses one after the other', async () => {
    await using other = await startGuardedServer();
    const body = JSON.stringify({ name: 'admin', password: 'wrong-password' });
    const guesses = Array.from({ length: 20 }, () => other.server.ask('POST', '/api/session', { body }));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 5);
    assert.equal(statuses.filter((status) => status === 429).length, 15);
  });

  test('behind TLS a session is for TLS alone', async () => {
    await using other = await startGuardedServer({ 'external-url': 'https://registry.example' });
    const body = JSON.stringify({ name: 'admin', password: rootPassword });
    const response = await other.server.ask('POST', '/api/session', { body });
    assert.match(response.headers.get('set-cookie') ?? '', /; Secure$/);
    // The proxy need not pass the Host on.
    const headers = { Origin: 'https://registry.example' };
    assert.equal((await other.server.ask('POST', '/api/session', { body, headers })).status, 200);
    const challenge = (await other.server.ask('GET', '/v2/')).headers.get('www-authenticate') ?? '';
    assert.match(challenge, /realm="https:\/\/registry\.example\/token"/);
  });

  test('a session ends when it is left', async () => {
    const { pair, csrf } = await enter();
    const headers = { Cookie: pair, 'X-CSRF-Token': csrf };
    const ask = async () => (await guarded.server.ask('GET', '/api/session', { headers })).status;
    assert.equal(await ask(), 200);
    assert.equal(
      (await guarded.server.ask('DELETE', '/api/session', { headers: { Cookie: pair } })).status,
      403,
    );
    assert.equal((await guarded.server.ask('DELETE', '/api/session', { headers })).status, 204);
    assert.equal(await ask(), 401);
    assert.equal(
      (await guarded.server.ask('GET', '/api/session', { headers: { Cookie: 'wharf_session=' } })).status,
      401,
    );
  });

  test('a registry without accounts wants the header that other sites can’t send', async () => {
    const open = await startTestServer();
    try {
      await open.pushImage('a/b', '1', 'x');
      const remove = async (headers: Record<string, string>) =>
        (await open.ask('DELETE', '/api/repository?repository=a/b', { headers })).status;
      assert.equal(await remove({}), 403);
      assert.equal(await remove({ 'X-CSRF-Token': 'x', Origin: 'http://evil.example' }), 403);
      assert.equal(await remove({ 'X-CSRF-Token': 'x' }), 204);
      assert.equal((await open.ask('GET', '/token')).status, 404);
    } finally {
      await open[Symbol.asyncDispose]();
    }
  });

  test('nothing is deleted from a registry that is read only', async () => {
    const readOnly = await startGuardedServer({ 'read-only': 'true' });
    try {
      await readOnly.addProject({ name: 'team' });
      assert.equal((await readOnly.manage('DELETE', '/repository?repository=team/app')).status, 403);
    } finally {
      await readOnly[Symbol.asyncDispose]();
    }
  });
});

test('logins are taken down with their names, also those that fail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wt-audit-'));
  const path = join(folder, 'audit.log');
  {
    await using guarded = await startGuardedServer({ 'audit-log': path });
    const body = JSON.stringify({ name: 'ann', password: 'wrong-password' });
    await guarded.server.ask('POST', '/api/session', { body });
    await guarded.token('repository:a:pull', 'admin');
    await guarded.manage('GET', '/users', { as: 'mallory' });
  }
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ what, user, result }) => [what, user, result]),
    [
      ['login', 'ann', 'denied'],
      ['token', 'admin', 'done'],
      ['manage', '', 'denied'],
    ],
  );
  assert.ok(!readFileSync(path, 'utf8').includes('wrong-password'));
  rmSync(folder, { recursive: true });
});
