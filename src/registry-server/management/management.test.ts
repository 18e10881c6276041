import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type GuardedServer, rootPassword, startGuardedServer } from '../testing/guarded-server.ts';
import { startTestServer } from '../testing/server.ts';

describe('the management API', () => {
  let guarded: GuardedServer;
  before(async () => {
    guarded = await startGuardedServer();
    await guarded.addProject({ name: 'team' });
    await guarded.addMembers(['team'], ['maintainer', 'admin']);
  });
  after(() => guarded?.[Symbol.asyncDispose]());

  const status = async (method: string, path: string, body?: unknown, as?: string) =>
    (await guarded.manage(method, path, { body, ...(as !== undefined && { as }) })).status;

  test('names are names', async () => {
    const bad = [
      '',
      '..',
      '.',
      'a/b',
      'A',
      'a b',
      'a+b',
      '%',
      '-a',
      'é',
      'a\u0000',
      'x'.repeat(300),
      '__proto__',
    ];
    for (const name of bad) {
      assert.equal(await status('POST', '/projects', { name }), 400, `project ${name}`);
      assert.equal(await status('POST', '/users', { name, password: 'long-enough' }), 400, `user ${name}`);
    }
    assert.equal(await status('POST', '/users', { name: 'a', password: 'short' }), 400);
    assert.equal(await status('POST', '/users', { name: 'a', password: 'x'.repeat(2000) }), 400);
  });

  test('paths lead nowhere but to what they name', async () => {
    const paths = [
      ...['/projects/..%2fusers/members', '/projects/%2e%2e/members', '/projects/team%2f..%2fteam/members'],
      ...['/projects/team%00/members', '/projects//members', '/projects/nowhere/members'],
      ...['/nothing', '/projects/team/members/a/b', '/users/admin/password/x'],
    ];
    for (const path of paths) assert.equal(await status('GET', path), 404, path);
    assert.equal(await status('GET', '/projects/%ff/members'), 400);
    assert.equal(await status('POST', '/tags?repository=team/app'), 405);
    for (const repository of ['../team', 'team/../other', 'Team', 'team//app', '']) {
      assert.equal(
        await status('GET', `/tags?repository=${encodeURIComponent(repository)}`),
        400,
        repository,
      );
    }
  });

  test('bodies are small JSON objects', async () => {
    const send = async (body: string) => {
      const headers = { Authorization: `Basic ${btoa(`admin:${rootPassword}`)}` };
      return (await guarded.server.ask('POST', '/api/projects', { body, headers })).status;
    };
    for (const body of ['', '{', '[]', '"x"', 'null', '{"name":1}', '{"name":{"a":1}}']) {
      assert.equal(await send(body), 400, body);
    }
    assert.equal(await send(`{"name":"${'a'.repeat(100_000)}"}`), 413);
    assert.equal(await send('{"name":"q1","quotaBytes":-1}'), 400);
    assert.equal(await send('{"name":"q2","quotaBytes":1.5}'), 400);
    assert.equal(await send('{"name":"q3","isPublic":"yes"}'), 400);
    assert.equal(await send('{"name":"q4","__proto__":{"isPublic":true}}'), 200);
    const { isPublic } = (await guarded.managed('GET', '/projects')).find(
      (project: { name: string }) => project.name === 'q4',
    );
    assert.equal(isPublic, false);
  });

  test('nobody gives himself more than he has', async () => {
    const password = 'battery-staple';
    assert.equal(
      await status('PUT', '/projects/team/members/maintainer-user', { role: 'admin' }, 'maintainer-user'),
      403,
    );
    assert.equal(await status('POST', '/users', { name: 'eve', password, isAdmin: true }, 'admin-user'), 403);
    assert.equal(await status('PUT', '/users/admin/password', { password }, 'admin-user'), 403);
    assert.equal(await status('PATCH', '/projects/team', { quotaBytes: 1 }, 'admin-user'), 403);
    assert.equal(
      await status('PUT', '/users/maintainer-user/password', { password }, 'maintainer-user'),
      204,
    );
  });

  test('the first administrator stays', async () => {
    await guarded.managed('POST', '/users', { name: 'second', password: 'battery-staple', isAdmin: true });
    assert.equal(await status('DELETE', '/users/admin', undefined, 'second'), 409);
    assert.equal(await status('PUT', '/users/admin/password', { password: 'long-enough' }, 'second'), 409);
    assert.equal(await status('DELETE', '/users/second'), 204);
    assert.equal(await status('GET', '/users', undefined, 'second'), 401);
  });

  test('two administrators at once: one does it, the other is told', async () => {
    const both = async (method: string, path: string, body?: unknown) =>
      (await Promise.all([status(method, path, body), status(method, path, body)])).sort();
    assert.deepEqual(await both('POST', '/projects', { name: 'twice' }), [200, 409]);
    assert.deepEqual(await both('POST', '/users', { name: 'twice', password: 'long-enough' }), [200, 409]);
    const robot = { name: 'twice', role: 'guest' };
    assert.deepEqual(await both('POST', '/projects/twice/robots', robot), [200, 409]);
    assert.deepEqual(await both('PUT', '/projects/twice/members/twice', { role: 'guest' }), [204, 204]);
    const rules = { rules: [{ tags: '*', keepNewest: 5 }], were: [] };
    assert.deepEqual(await both('PUT', '/projects/twice/retention', rules), [204, 409]);
    assert.deepEqual(await both('DELETE', '/projects/twice'), [204, 404]);
    // A project that goes while a robot is made for it leaves no robot.
    await guarded.addProject({ name: 'going' });
    const [made, gone] = await Promise.all([
      status('POST', '/projects/going/robots', { name: 'late', role: 'guest' }),
      status('DELETE', '/projects/going'),
    ]);
    assert.equal(gone, 204);
    assert.ok(made === 404 || made === 200, String(made));
    await guarded.addProject({ name: 'going' });
    assert.deepEqual(await guarded.managed('GET', '/projects/going/robots'), []);
  });

  test('a project with images is not removed', async () => {
    const open = await startTestServer();
    try {
      await open.pushImage('full/app', '1', 'x');
      const headers = { 'X-CSRF-Token': 'any' };
      await open.ask('POST', '/api/projects', { body: '{"name":"full"}', headers });
      assert.equal((await open.ask('DELETE', '/api/projects/full', { headers })).status, 409);
      await open.ask('DELETE', '/api/repository?repository=full/app', { headers });
      assert.equal((await open.ask('DELETE', '/api/projects/full', { headers })).status, 204);
    } finally {
      await open[Symbol.asyncDispose]();
    }
  });
});

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

test('the page forbids itself what it does not need', async () => {
  await using server = await startTestServer({ page: join(import.meta.dirname, '../../registry-page') });
  const page = await server.ask('GET', '/');
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy') ?? '';
  for (const word of ["default-src 'none'", "frame-ancestors 'none'", "script-src 'self'"])
    assert.ok(policy.includes(word));
  assert.ok(!policy.includes('unsafe'));
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  const again = await server.ask('GET', '/', {
    headers: { 'If-None-Match': page.headers.get('etag') ?? '' },
  });
  assert.equal(again.status, 304);
  for (const path of ['/app.ts', '/../settings/tls.ts', '/%2e%2e/x', '/index.html/', '/token']) {
    assert.equal((await server.ask('GET', path)).status, 404, path);
  }
  assert.equal((await server.ask('POST', '/')).status, 405);
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

test('retention rules and deletes take what only a tag kept, and its bytes go with the collection', async () => {
  await using server = await startTestServer({ 'gc-grace': '0' });
  const { house } = server.running;
  const headers = { 'X-CSRF-Token': 'x' };
  const manage = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await server.ask(method, `/api${path}`, { headers, ...text });
    return { status: response.status, value: JSON.parse((await response.text()) || 'null') };
  };
  await manage('POST', '/projects', { name: 'team' });
  const kept = await server.pushImage('team/app', 'release', 'r');
  for (const tag of ['dev-1', 'dev-2', 'dev-3']) await server.pushImage('team/app', tag, tag);
  await server.pushImage('team/app', 'also-dev-1', 'dev-1');
  const rules = [{ tags: 'release' }, { tags: 'dev-*', keepNewest: 1 }];
  await manage('PUT', '/projects/team/retention', { rules });
  assert.deepEqual((await manage('GET', '/projects/team/retention')).value, rules);

  const told = (await manage('GET', '/projects/team/retention/expired')).value;
  assert.equal(told.tags.length, 2);
  assert.deepEqual((await manage('POST', '/projects/team/retention/apply')).value, told);
  const tags = house.registry.listTags('team/app').map(({ name }) => name);
  assert.ok(tags.includes('release') && tags.includes('also-dev-1'));
  assert.equal(tags.length, 3);
  assert.equal(house.registry.listManifests('team/app').length, 3);

  assert.equal((await manage('DELETE', '/tag?repository=team/app&tag=release')).status, 204);
  assert.equal((await manage('DELETE', '/tag?repository=team/app&tag=release')).status, 404);
  await house.collector.collect(Date.now() + 1000);
  assert.equal((await server.ask('HEAD', `/v2/team/app/blobs/${kept.layer}`)).status, 404);
});
