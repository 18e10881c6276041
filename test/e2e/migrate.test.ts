import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { seededRandom } from '../fixtures/mutations.ts';
import { fillRandomly } from '../fixtures/random-tree.ts';
import { describeTree } from '../testing/describe-tree.ts';
import { startEngineProxy } from '../testing/engine-proxy.ts';
import { freePort } from '../testing/free-port.ts';
import { repository } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

describe('wharf migrate', () => {
  const suite = useWharf([busyboxImage('base:1', { Volumes: { '/auto': {} } })]);
  const { ok } = suite;
  let target: TestWharf;
  let address: string;
  before(async () => {
    address = `tcp://127.0.0.1:${await freePort()}`;
    target = await startWharf({ args: ['-H', address] });
    const far = join(target.folder, 'far');
    mkdirSync(far);
    // In place of ssh: runs here what the far end would.
    const script = `while [ "$1" != -- ]; do shift; done; shift 2; DOCKER_HOST=${target.host} exec sh -c "$*"`;
    writeFileSync(join(far, 'ssh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    symlinkSync(`${repository}bin/wharf`, join(far, 'docker'));
  });
  after(() => target[Symbol.asyncDispose]());

  const migrate = (...flags: readonly string[]) =>
    suite.wharf.wharf(['migrate', ...flags, 'ship', target.host]);
  const there = (...args: readonly string[]) => target.dockerOk(args);
  const folderOf = ({ dataRoot }: { dataRoot: string }, volume: string) =>
    join(dataRoot, 'volumes', volume, '_data');
  const cargoOf = (daemon: { dataRoot: string }) => describeTree(Buffer.from(folderOf(daemon, 'cargo')));
  const clean = async ({ docker }: Pick<TestWharf, 'docker'>) => {
    const run = async (line: string) => (await docker(line.split(' '))).stdout.split('\n').filter(Boolean);
    const remove = async (list: string, verb: string) => {
      const ids = await run(list);
      if (ids.length > 0) await docker([...verb.split(' '), ...ids]);
    };
    await remove('ps -aq', 'rm -f');
    await remove('volume ls -q', 'volume rm');
    await docker(['network', 'prune', '-f']);
  };

  /** A stopped container with all that can be moved. */
  beforeEach(async () => {
    await clean(suite.wharf);
    await clean(target);
    await ok('network create --label deck=low quay');
    await ok('volume create --label deck=low cargo');
    fillRandomly(folderOf(suite.wharf, 'cargo'), seededRandom(3), 40);
    const flags = ['--name', 'ship', '--network', 'quay', '--network-alias', 'vessel', '-e', 'FLAG=red'];
    const limits = ['--memory', '64m', '--restart', 'always', '-l', 'crew=12', '--stop-signal', 'KILL'];
    const script =
      'test -e /written || { echo kept > /written; echo auto > /auto/x; rm /etc/passwd; }; sleep 99';
    await ok(['run', '-d', ...flags, ...limits, '-v', 'cargo:/cargo', 'base:1', 'sh', '-c', script]);
    await ok('exec ship sh -c true');
  });

  async function checkThere(): Promise<void> {
    const [moved] = JSON.parse(await there('inspect', 'ship'));
    assert.deepEqual(
      [
        moved.Config.Env[0],
        moved.HostConfig.Memory,
        moved.HostConfig.RestartPolicy.Name,
        moved.Config.Labels.crew,
      ],
      ['FLAG=red', 64 << 20, 'always', '12'],
    );
    assert.deepEqual(moved.NetworkSettings.Networks.quay.Aliases, ['vessel']);
    assert.equal(await there('network', 'inspect', '-f', '{{.Labels.deck}}', 'quay'), 'low');
    assert.equal(await there('volume', 'inspect', '-f', '{{.Labels.deck}}', 'cargo'), 'low');
    assert.deepEqual(cargoOf(target), cargoOf(suite.wharf));
    assert.equal(await there('ps', '-aq', '--filter', 'name=wharf-migrate'), '');
  }

  test('a container comes with image, layer, volumes, network and settings, and what is here stays', async () => {
    const running = await migrate();
    assert.match(running.stderr, /ship is running: stop it first, or use --stop/);
    const { code, stderr } = await migrate('--stop');
    assert.equal(code, 0, stderr);
    await checkThere();
    assert.equal(await there('exec', 'ship', 'cat', '/written', '/auto/x'), 'kept\nauto');
    assert.match((await target.docker(['exec', 'ship', 'cat', '/etc/passwd'])).stderr, /No such file/);
    const left = await ok([
      'inspect',
      '-f',
      '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}',
      'ship-migrated',
    ]);
    assert.equal(left, 'exited no');
    assert.equal(await ok('images -q wharf-migrate'), '');
  });

  test('--rm, by tcp: removes what was here, when all is there; named volumes stay', async () => {
    const { code, stderr } = await suite.wharf.wharf(['migrate', '--stop', '--rm', 'ship', address]);
    assert.equal(code, 0, stderr);
    await checkThere();
    assert.equal(await ok('ps -aq'), '');
    assert.equal(await ok('volume ls -q'), 'cargo');
  });

  test('what is there already under the names is not touched', async () => {
    await target.dockerOk(['volume', 'create', 'cargo']);
    fillRandomly(folderOf(target, 'cargo'), seededRandom(4), 5);
    const before = cargoOf(target);
    await ok('stop -t 0 ship');
    assert.match((await migrate()).stderr, /volume cargo of unix:\S+ holds something else/);
    assert.deepEqual(cargoOf(target), before);
    await target.dockerOk(['volume', 'rm', 'cargo']);
    assert.equal((await migrate()).code, 0);
    await ok('rename ship-migrated ship');
    await ok('start ship');
    await ok('exec ship touch /later');
    await ok('stop -t 0 ship');
    assert.match((await migrate()).stderr, /ship has run again since it was made on unix/);
    await there('rm', 'ship');
    assert.equal((await migrate()).code, 0);
    await ok('run -d --name other base:1 sleep 9');
    await ok('rename other ship');
    assert.match(
      (await suite.wharf.wharf(['migrate', '--stop', 'ship', target.host])).stderr,
      /has another container ship/,
    );
  });

  test("what a volume of an engine of Docker's held before is not touched, however often it is tried", async () => {
    const answer = (path: string) =>
      path.endsWith('/version') ? { Platform: { Name: 'Docker Engine - Community' } } : undefined;
    await using docker = await startEngineProxy(target.socketPath, { answer });
    await target.dockerOk(['volume', 'create', 'cargo']);
    fillRandomly(folderOf(target, 'cargo'), seededRandom(4), 5);
    const before = cargoOf(target);
    for (const attempt of ['first', 'second']) {
      const { stderr } = await suite.wharf.wharf(['migrate', '--stop', 'ship', docker.host]);
      assert.match(stderr, /volume cargo of tcp:\S+ holds something else/, attempt);
      assert.equal(stderr.includes('ship: stays stopped on this host'), attempt === 'first');
      assert.deepEqual(cargoOf(target), before, attempt);
    }
    assert.equal(await ok('images -q -f dangling=true'), '');
  });

  test('what is started here while it is moved is not left behind', async () => {
    await ok('stop -t 0 ship');
    await using proxy = await startEngineProxy(target.socketPath, {
      before: async (path) => path.includes('/create?name=ship') && (await ok('start ship')),
    });
    const { stderr } = await suite.wharf.wharf(['migrate', 'ship', proxy.host]);
    assert.match(stderr, /ship was started on this host while it was moved/);
    assert.equal(await ok('ps --format {{.Names}}'), 'ship');
  });

  test('folders of this host stay, when that is said; by ssh', async () => {
    await ok('rm -f ship');
    await ok(['run', '-d', '--name', 'ship', '-v', `${suite.wharf.folder}:/here`, 'base:1', 'sleep', '99']);
    assert.match((await migrate('--stop')).stderr, /mounts folders of this host, which are not moved/);
    assert.equal(await ok('ps --format {{.Names}}'), 'ship');
    await ok('stop -t 0 ship');
    const env = { PATH: `${join(target.folder, 'far')}:${process.env.PATH}` };
    const { code, stderr } = await suite.wharf.wharf(['migrate', '--leave-binds', 'ship', 'ssh://far'], {
      env,
    });
    assert.equal(code, 0, stderr);
    assert.match(await there('inspect', 'ship'), /:\/here/);
  });

  test('when it is killed after any step, all that was here still is, and the next time all comes there', async () => {
    for (const step of ['image', 'network', 'volume', 'container']) {
      await killedAfter(step);
      await checkAfterBreak(step);
    }
  });

  test('when the other engine is killed meanwhile, nothing is lost here, and the next time all comes there', async () => {
    for (const step of ['image', 'network', 'volume']) {
      const child = start();
      for await (const text of child.stderr) if (String(text).includes(step)) break;
      await target.stop('SIGKILL');
      child.stderr.resume();
      if (child.exitCode === null) await once(child, 'exit');
      await target.start();
      await checkAfterBreak(step);
    }
  });

  /** Nothing is lost here; the move goes on, and all is as it was for the next break. */
  async function checkAfterBreak(step: string): Promise<void> {
    const name = await ok('ps -a --format {{.Names}}');
    assert.match(name, /^ship(-migrated)?$/);
    if (name === 'ship') {
      const { code, stderr } = await migrate('--stop');
      assert.equal(code, 0, `${step}: ${stderr}`);
    }
    await checkThere();
    await ok('rename ship-migrated ship');
    await ok('update --restart always ship');
    await there('rm', '-f', 'ship');
    await there('volume', 'prune', '-af');
    await ok('start ship');
  }

  function start() {
    const env = { ...process.env, DOCKER_HOST: suite.wharf.host, WHARF_HOST: suite.wharf.host };
    return spawn(`${repository}bin/wharf`, ['migrate', '--stop', 'ship', target.host], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async function killedAfter(step: string): Promise<void> {
    const child = start();
    const exited = once(child, 'exit');
    for await (const text of child.stderr) if (String(text).includes(step)) break;
    child.kill('SIGKILL');
    await exited;
  }
});
