import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { type GuardedRegistry, startGuardedRegistry, userPassword } from '../testing/guarded-registry.ts';
import { type OwnRegistry, startOwnRegistry } from '../testing/registry-server.ts';
import { skopeo } from '../testing/skopeo.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

describe('a daemon with credentials of its own', () => {
  const stack = new AsyncDisposableStack();
  let folder = '';
  let guarded: GuardedRegistry;
  let open: OwnRegistry;
  let wharf: TestWharf;
  before(async () => {
    folder = await mkdtemp('/var/tmp/wharf-test-credentials-');
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    guarded = stack.use(await startGuardedRegistry());
    open = stack.use(await startOwnRegistry());
    for (const project of ['team', 'library']) await guarded.manage('POST', '/projects', { name: project });
    await guarded.addMember('team', 'dora', 'developer');
    await guarded.manage('PUT', '/projects/library/members/dora', { role: 'developer' });
    const mirror = ['--registry-mirror', `http://${guarded.own.address}`];
    wharf = stack.use(
      await startWharf({ args: ['--registry-credentials', `${folder}/auth.json`, ...mirror] }),
    );
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(busyboxImage('base:1')) });
    await loggedIn(async () => {
      for (const name of ['team/base:1', 'library/mirrored:1']) {
        await wharf.dockerOk(['tag', 'base:1', at(name)]);
        await wharf.dockerOk(['push', '-q', at(name)]);
      }
    });
    await wharf.dockerOk(['rmi', at('library/mirrored:1')]);
  });
  after(() => stack.disposeAsync());

  const at = (name: string) => `${guarded.own.address}/${name}`;
  const loggedIn = async (work: () => Promise<unknown>) => {
    const login = ['login', '-u', 'dora', '--password-stdin', guarded.own.address];
    await wharf.dockerOk(login, { input: userPassword });
    await work();
    await wharf.dockerOk(['logout', guarded.own.address]);
  };
  const know = (auths: object) => writeFileSync(`${folder}/auth.json`, JSON.stringify({ auths }));
  const dora = () => ({ [guarded.own.address]: { auth: btoa(`dora:${userPassword}`) } });

  test('pulls by a mirror that asks who it is', async () => {
    know({});
    assert.equal((await wharf.docker(['pull', 'mirrored:1'])).code, 1);
    know(dora());
    await wharf.dockerOk(['pull', '-q', 'mirrored:1']);
  });

  test('serves no user with them', async () => {
    know(dora());
    const pulled = await wharf.docker(['pull', at('team/base:1')]);
    assert.match(pulled.stderr, /authentication required|denied/);
  });

  test('streams layers of a push from a registry that asks who it is', async () => {
    // Nobody here compresses with zstd: only the very bytes that are there give the same digest.
    await wharf.dockerOk(['save', '-o', `${folder}/saved.tar`, 'base:1']);
    const creds = ['--dest-creds', `dora:${userPassword}`, '--dest-tls-verify=false'];
    const format = ['--dest-compress-format', 'zstd'];
    const places = [`oci-archive:${folder}/saved.tar`, `docker://${at('team/zstd:1')}`];
    await skopeo(folder, ['copy', '-q', ...format, ...creds, ...places]);
    const name = at('team/zstd:1');
    await wharf.dockerOk(['image', 'prune', '-af']);
    await loggedIn(() => wharf.dockerOk(['pull', '-q', name]));
    const digest = await wharf.dockerOk(['image', 'inspect', '-f', '{{index .RepoDigests 0}}', name]);
    await wharf.dockerOk(['tag', name, `${open.address}/copy:1`]);
    const pushed = await wharf.dockerOk(['push', `${open.address}/copy:1`]);
    assert.ok(pushed.includes(`digest: ${digest.split('@')[1]}`), pushed);
  });

  test('repairs what came from a registry that asks who it is', async () => {
    await loggedIn(() => wharf.dockerOk(['pull', '-q', at('team/base:1')]));
    const [layer = ''] = (
      await wharf.dockerOk(['image', 'inspect', '-f', '{{index .RootFS.Layers 0}}', at('team/base:1')])
    ).split('\n');
    await open.stop();
    writeFileSync(`${wharf.dataRoot}/layers/${layer.slice('sha256:'.length)}/layer.tar`, 'damaged');
    know({});
    const without = await wharf.wharf(['image', 'check', '--repair']);
    assert.equal(without.code, 1);
    know(dora());
    const repaired = await wharf.wharf(['image', 'check', '--repair']);
    assert.equal(repaired.code, 0, repaired.stdout);
    assert.equal(await wharf.dockerOk(['run', '--rm', at('team/base:1'), 'echo', 'whole']), 'whole');
  });
});
