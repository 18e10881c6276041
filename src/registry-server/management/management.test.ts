import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type GuardedServer,
  rootPassword,
  startGuardedServer,
  userPassword,
} from '../testing/guarded-server.ts';
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

  test('who loses his rights while his request comes has lost them', async () => {
    await guarded.managed('POST', '/users', { name: 'leaver', password: userPassword, isAdmin: true });
    const body = JSON.stringify({ name: 'heir', password: 'long-enough', isAdmin: true });
    const remove = () => guarded.managed('DELETE', '/users/leaver');
    const asked = ['leaver', 'POST', '/api/users', 'application/json'] as const;
    assert.equal(await guarded.askSlowly(asked, body, remove), 401);
    const users: { name: string }[] = await guarded.managed('GET', '/users');
    assert.ok(!users.some(({ name }) => name === 'heir'));
  });

  test('a registry without accounts makes none', async () => {
    await using open = await startTestServer();
    const headers = { 'X-CSRF-Token': 'any' };
    const ask = async (method: string, path: string, body: object) =>
      (await open.ask(method, `/api${path}`, { headers, body: JSON.stringify(body) })).status;
    await ask('POST', '/projects', { name: 'team' });
    assert.equal(await ask('POST', '/users', { name: 'later', password: 'long-enough', isAdmin: true }), 409);
    assert.equal(await ask('POST', '/projects/team/robots', { name: 'later', role: 'maintainer' }), 409);
    assert.equal(await ask('PUT', '/projects/team/members/later', { role: 'admin' }), 409);
    assert.equal((await open.ask('GET', '/api/users', { headers })).status, 200);
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
