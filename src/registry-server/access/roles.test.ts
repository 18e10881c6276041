import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { digestOf } from '#base';
import { roles } from '#registry-api';
import { basic, type GuardedServer, startGuardedServer, userPassword } from '../testing/guarded-server.ts';
import { indexType } from '../testing/server.ts';

const reading = ['pull'];
const writing = [...reading, 'push'];
const maintaining = [...writing, 'delete', 'robots', 'retention'];
const ruling = [...maintaining, 'members', 'visibility'];

/** Who may do what in a private project; in a public one everybody may pull, too. `-` does not say who he is. */
const table: Readonly<Record<string, readonly string[]>> = {
  '-': [],
  'outsider-user': [],
  'guest-user': reading,
  'developer-user': writing,
  'maintainer-user': maintaining,
  'admin-user': ruling,
  admin: [...ruling, 'quota', 'users', 'projects'],
};

describe('roles', () => {
  let guarded: GuardedServer;
  const ask = async (who: string, method: string, path: string, body?: unknown): Promise<number> => {
    const headers = { ...(who !== '-' && { Authorization: basic(who) }), 'Content-Type': 'application/json' };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await guarded.server.ask(method, path, { headers, ...text })).status;
  };

  /** Each tries something that changes nothing, or that the next one can do again. */
  const tries: Readonly<Record<string, (who: string, project: string) => Promise<number>>> = {
    pull: (who, project) => ask(who, 'GET', `/v2/${project}/app/manifests/none`),
    push: (who, project) => ask(who, 'POST', `/v2/${project}/app/blobs/uploads/`),
    delete: (who, project) => ask(who, 'DELETE', `/v2/${project}/app/manifests/none`),
    robots: (who, project) => ask(who, 'GET', `/api/projects/${project}/robots`),
    retention: (who, project) => ask(who, 'PUT', `/api/projects/${project}/retention`, { rules: [] }),
    members: (who, project) =>
      ask(who, 'PUT', `/api/projects/${project}/members/guest-user`, { role: 'guest' }),
    visibility: (who, project) =>
      ask(who, 'PATCH', `/api/projects/${project}`, { isPublic: project === 'open' }),
    quota: (who, project) => ask(who, 'PATCH', `/api/projects/${project}`, { quotaBytes: null }),
    users: (who) => ask(who, 'GET', '/api/users'),
    projects: (who) => ask(who, 'DELETE', '/api/projects/nowhere'),
  };

  before(async () => {
    guarded = await startGuardedServer();
    for (const name of ['closed', 'open', 'other']) {
      await guarded.addProject({ name, isPublic: name === 'open' });
    }
    await guarded.addMembers(['closed', 'open'], roles);
    await guarded.managed('POST', '/users', { name: 'outsider-user', password: 'battery-staple' });
    await guarded.managed('PUT', '/projects/other/members/outsider-user', { role: 'admin' });
  });
  after(() => guarded?.[Symbol.asyncDispose]());

  for (const [who, rights] of Object.entries(table)) {
    for (const project of ['closed', 'open']) {
      test(`${who} may in ${project}: ${rights.join(' ')}`, async () => {
        const given = project === 'open' ? new Set([...rights, 'pull']) : new Set(rights);
        for (const [action, attempt] of Object.entries(tries)) {
          const status = await attempt(who, project);
          // What is refused for lack of rights says so, and what is not fails, if at all, for other reasons.
          const refused = who === '-' ? 401 : 403;
          assert.equal(status === refused, !given.has(action), `${action}: ${status}`);
          assert.ok(status < 500, `${action}: ${status}`);
        }
      });
    }
  }

  test('no spelling of a path leads to another project than the one that rights are looked up for', async () => {
    const paths = [
      ...[
        'open/../closed/app',
        'open%2f..%2fclosed%2fapp',
        'open/%2e%2e/closed/app',
        './closed/app',
        '/closed/app',
      ],
      ...[
        'Closed/app',
        'closed%2fapp',
        'closed%252fapp',
        'closed%00/app',
        'open/app/blobs/../../../closed/app',
      ],
      ...['open/app/manifests/none/../../../closed/app', 'closed/app%3fx=', 'closed;/app', 'closed\\\\app'],
    ];
    for (const path of paths) {
      const status = await ask('outsider-user', 'GET', `/v2/${path}/tags/list`);
      assert.ok([400, 403, 404].includes(status), `${path}: ${status}`);
      assert.notEqual(await ask('outsider-user', 'POST', `/v2/${path}/blobs/uploads/`), 202, path);
    }
  });

  test('a layer of a project that one may not pull from is not mounted', async () => {
    const digest = digestOf('secret layer');
    const upload = `/v2/closed/app/blobs/uploads/?digest=${digest}`;
    const headers = { Authorization: basic('admin') };
    assert.equal((await guarded.server.ask('POST', upload, { body: 'secret layer', headers })).status, 201);
    const mount = `/v2/other/app/blobs/uploads/?mount=${digest}&from=closed/app`;
    assert.equal(await ask('outsider-user', 'POST', mount), 202);
    assert.equal(await ask('outsider-user', 'HEAD', `/v2/other/app/blobs/${digest}`), 404);
    assert.equal(await ask('admin', 'POST', mount), 201);
  });

  test('a robot has its role in its project alone, and can’t manage', async () => {
    const { fullName, token } = await guarded.managed('POST', '/projects/closed/robots', {
      name: 'ci',
      role: 'developer',
    });
    assert.equal(fullName, 'closed+ci');
    const robot = `${fullName}:${token}`;
    assert.equal(await tries.push?.(robot, 'closed'), 202);
    assert.equal(await tries.delete?.(robot, 'closed'), 403);
    assert.equal(await tries.push?.(robot, 'open'), 403);
    assert.equal(await tries.pull?.(robot, 'other'), 403);
    assert.equal(await tries.robots?.(robot, 'closed'), 403);
    await guarded.managed('DELETE', '/projects/closed/robots/ci');
    assert.equal(await tries.push?.(robot, 'closed'), 401);
  });

  test('a robot is nobody’s administrator, and not of the past', async () => {
    const add = (body: object) => guarded.manage('POST', '/projects/closed/robots', { body });
    assert.equal((await add({ name: 'a', role: 'admin' })).status, 400);
    assert.equal((await add({ name: 'a', role: 'guest', expiresMs: 1 })).status, 400);
    assert.equal((await add({ name: 'A+b', role: 'guest' })).status, 400);
    assert.equal((await add({ name: 'a', role: 'guest', expiresMs: Date.now() + 3600_000 })).status, 200);
    assert.equal((await add({ name: 'a', role: 'guest' })).status, 409);
  });

  test('a manifest of who loses his role while it comes is not taken', async () => {
    await guarded.managed('POST', '/users', { name: 'leaver', password: userPassword });
    await guarded.managed('PUT', '/projects/closed/members/leaver', { role: 'developer' });
    const path = '/v2/closed/app/manifests/latest';
    const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [] });
    const revoke = () => guarded.managed('DELETE', '/projects/closed/members/leaver');
    assert.equal(await guarded.askSlowly(['leaver', 'PUT', path, indexType], body, revoke), 403);
    assert.equal(await ask('admin', 'HEAD', path), 404);
  });
});
