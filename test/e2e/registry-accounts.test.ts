import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import {
  type GuardedRegistry,
  rootPassword,
  startGuardedRegistry,
  userPassword,
} from '../testing/guarded-registry.ts';
import { skopeo } from '../testing/skopeo.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('our registry with accounts', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  let guarded: GuardedRegistry;
  before(async () => {
    guarded = await startGuardedRegistry();
    await guarded.manage('POST', '/projects', { name: 'team' });
    await guarded.manage('POST', '/projects', { name: 'open', isPublic: true });
    await guarded.addMember('team', 'dora', 'developer');
    await guarded.addMember('team', 'gus', 'guest');
    for (const project of ['team', 'open']) {
      await suite.ok(['tag', 'base:1', `${guarded.own.address}/${project}/base:1`]);
    }
  });
  after(() => guarded?.[Symbol.asyncDispose]());

  const name = (repository = 'team/base:1') => `${guarded.own.address}/${repository}`;
  const login = (user: string, password = userPassword) =>
    suite.docker(['login', '-u', user, '--password-stdin', guarded.own.address], { input: password });
  const logout = () => suite.ok(['logout', guarded.own.address]);

  test('a wrong password does not log in', async () => {
    const { code, stderr } = await login('dora', 'wrong-password');
    assert.equal(code, 1);
    assert.match(stderr, /incorrect username or password/);
  });

  test('who is not logged in neither pushes nor pulls what is private', async () => {
    const pushed = await suite.docker(['push', name()]);
    assert.equal(pushed.code, 1);
    assert.match(
      pushed.stderr + pushed.stdout,
      /authentication required|no basic auth credentials|unauthorized/,
    );
    const pulled = await suite.docker(['pull', name('team/secret:1')]);
    assert.equal(pulled.code, 1);
    assert.match(pulled.stderr, /authentication required|unauthorized|denied/);
  });

  test('a developer logs in, pushes and pulls', async () => {
    assert.match((await login('dora')).stdout, /Login Succeeded/);
    assert.match(await suite.ok(['push', name()]), /digest: sha256:/);
    await suite.ok(['rmi', name()]);
    await suite.ok(['pull', name()]);
    assert.equal(await suite.ok(['run', '--rm', name(), 'echo', 'mine']), 'mine');
    const elsewhere = await suite.docker(['push', name('open/base:1')]);
    assert.equal(elsewhere.code, 1);
    assert.match(elsewhere.stderr, /denied: requested access to the resource is denied/);
    await logout();
  });

  test('a guest pulls, and his push is denied', async () => {
    await login('gus');
    await suite.ok(['pull', name()]);
    await suite.ok(['tag', 'base:1', name('team/new:1')]);
    const { code, stderr } = await suite.docker(['push', name('team/new:1')]);
    assert.equal(code, 1);
    assert.match(stderr, /denied: requested access to the resource is denied/);
    await logout();
  });

  test('a robot logs in with its token', async () => {
    const made = await guarded.manage('POST', '/projects/open/robots', { name: 'ci', role: 'developer' });
    assert.ok(typeof made === 'object' && made !== null && 'token' in made);
    assert.equal((await login('open+ci', String(made.token))).code, 0);
    await suite.ok(['push', name('open/base:1')]);
    assert.equal((await suite.docker(['pull', name()])).code, 1);
    await logout();
  });

  test('what is public is pulled by everybody', async () => {
    await suite.ok(['rmi', name('open/base:1')]);
    await suite.ok(['pull', name('open/base:1')]);
  });

  test('credentials that were stored outlive the server, not the password', async () => {
    await guarded.addMember('team', 'paul', 'guest');
    await login('paul');
    await guarded.own.stop('SIGKILL');
    await guarded.own.start();
    await suite.ok(['pull', name()]);
    await guarded.manage('PUT', '/users/paul/password', { password: 'another-one' });
    assert.equal((await suite.docker(['pull', name()])).code, 1);
    await logout();
  });

  test('a quota holds the stock client, too', async () => {
    await guarded.manage('POST', '/projects', { name: 'small', quotaBytes: 1000 });
    await guarded.addMember('small', 'sam', 'developer');
    await login('sam');
    await suite.ok(['tag', 'base:1', name('small/base:1')]);
    const { code, stderr } = await suite.docker(['push', name('small/base:1')]);
    assert.equal(code, 1);
    assert.match(stderr, /^denied: /);
    await logout();
  });

  test('a server that is killed has all that it said it has', async () => {
    const told: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const names = Array.from({ length: 20 }, (_, place) => `p${round}-${place}`);
      const asked = names.map(async (project) => {
        await guarded.manage('POST', '/projects', { name: project });
        told.push(project);
        if (told.length % 20 === 7) guarded.own.signal('SIGKILL');
      });
      await Promise.allSettled(asked);
      await guarded.own.stop('SIGKILL');
      await guarded.own.start();
      const found = await guarded.manage('GET', '/projects');
      assert.ok(Array.isArray(found));
      const kept = new Set(found.map((project: { name: string }) => project.name));
      for (const project of told) assert.ok(kept.has(project), project);
    }
  });

  test('wharf registry manages users, projects, robots and rules', async () => {
    const { address } = guarded.own;
    const wharf = (words: string, input = '') =>
      suite.wharf.wharf(['registry', ...words.split(' ')], { input });
    const ok = async (words: string, input?: string) => {
      const { code, stdout, stderr } = await wharf(words, input);
      assert.equal(code, 0, `${words}: ${stderr}`);
      return stdout;
    };
    const rows = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ {2,}/));

    await logout();
    const stranger = await wharf(`user ls ${address}`);
    assert.equal(stranger.code, 1);
    assert.match(stranger.stderr, /log in to the registry first/);
    await login('admin', rootPassword);

    await ok(`project add ${address} crew --quota 10m --public`);
    await ok(`user add ${address} zoe`, `${userPassword}\n`);
    await ok(`project grant ${address} crew zoe maintainer`);
    assert.deepEqual(rows(await ok(`project members ${address} crew`)), [['zoe', 'maintainer']]);
    assert.ok((await ok(`user ls ${address} --format {{.Name}}`)).split('\n').includes('zoe'));
    const project = rows(await ok(`project ls ${address}`)).find(([name]) => name === 'crew');
    assert.deepEqual(project, ['crew', 'admin', 'true', '0', '0B', '10.49MB']);

    await ok(`project set ${address} crew --public=false --quota 0`);
    assert.equal(
      await ok(`project ls ${address} --format {{.Name}}:{{.Public}}:{{.Quota}}`).then((text) =>
        text.includes('crew:false:\n'),
      ),
      true,
    );

    const token = (await ok(`robot add ${address} crew bot --role guest --expires 24h`)).trim();
    assert.match(token, /^wrt_/);
    const [robot] = rows(await ok(`robot ls ${address} crew`));
    assert.deepEqual(robot?.slice(0, 2), ['crew+bot', 'guest']);
    await ok(`robot rm ${address} crew bot`);

    const file = `${guarded.own.folder}/rules.json`;
    await writeFile(file, '[{"tags":"dev-*","keepNewest":1}]');
    await ok(`project retain ${address} crew ${file}`);
    assert.deepEqual(JSON.parse(await ok(`project retention ${address} crew`)), [
      { tags: 'dev-*', keepNewest: 1 },
    ]);
    for (const tag of ['dev-1', 'dev-2']) await guarded.push('crew/app', tag, tag);
    assert.equal(await ok(`project expire ${address} crew --dry-run`), 'crew/app:dev-1\n');
    assert.equal(await ok(`project expire ${address} crew`), 'crew/app:dev-1\n');
    assert.equal(await ok(`project expire ${address} crew`), '');

    const full = await wharf(`project rm ${address} crew`);
    assert.equal(full.code, 1);
    assert.equal(full.stderr, 'Error response from registry: project crew still has repositories\n');
    await ok(`user password ${address} zoe`, 'another-password\n');
    await ok(`user rm ${address} zoe`);
    assert.match((await wharf(`user rm ${address} admin`)).stderr, /admin can't be removed/);
    assert.equal(
      (await wharf(`user frob ${address}`)).stderr,
      'want one of ls, add, password, rm, not frob\n',
    );
    assert.equal((await wharf('project grant x y')).stderr, 'want grant REGISTRY PROJECT USER ROLE\n');
    await logout();
  });

  test('skopeo copies with credentials of its own', async () => {
    const folder = await mkdtemp('/var/tmp/wharf-test-skopeo-');
    try {
      const copy = (from: string, to: string, rest: readonly string[]) =>
        skopeo(folder, [
          ...['copy', '--src-tls-verify=false', '--dest-tls-verify=false', ...rest],
          ...[`docker://${name(from)}`, `docker://${name(to)}`],
        ]);
      const creds = `dora:${userPassword}`;
      await copy('team/base:1', 'team/copy:1', ['--src-creds', creds, '--dest-creds', creds]);
      await assert.rejects(copy('team/base:1', 'open/copy:1', ['--src-creds', creds, '--dest-creds', creds]));
      await assert.rejects(copy('team/base:1', 'team/copy:2', ['--src-no-creds', '--dest-creds', creds]));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
