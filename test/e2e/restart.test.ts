import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('containers that start again by themselves', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const inspect = (name: string, format: string) => ok(['inspect', '-f', format, name]);
  const restarts = async (name: string) => Number(await inspect(name, '{{.RestartCount}}'));
  /** Waits until the container waits for at least so many milliseconds, having ended so often. */
  const inBackOff = (name: string, count: number) =>
    eventually(`${name} waits for restart ${count}`, async () => {
      const [status, restartCount] = (await inspect(name, '{{.State.Status}} {{.RestartCount}}')).split(' ');
      return status === 'restarting' && Number(restartCount) >= count;
    });
  const refusal = async (args: string) => {
    const output = await docker(args);
    assert.notEqual(output.code, 0, args);
    return output.stderr.trim();
  };

  test('E33 --restart always starts a container again after every end, with events die and start', async () => {
    const since = `${Date.now() / 1000 - 1}`;
    await ok([
      'run',
      '-d',
      '--name',
      'loop',
      '--restart',
      'always',
      'base:1',
      'sh',
      '-c',
      'echo run; exit 3',
    ]);
    await eventually('it was restarted', async () => (await restarts('loop')) >= 3);
    await ok('stop loop');
    const count = await restarts('loop');
    assert.match(await inspect('loop', '{{.State.Status}} {{.State.ExitCode}}'), /^exited 3$/);
    assert.equal((await ok('logs loop')).split('\n').length, count);
    const until = `${Date.now() / 1000}`;
    const format = ['--format', '{{.Action}}'];
    const filter = ['-f', 'container=loop', '-f', 'event=start', '-f', 'event=die', '-f', 'event=restart'];
    const actions = await ok(['events', '--since', since, '--until', until, ...filter, ...format]);
    assert.deepEqual(actions.split('\n').slice(0, 6), ['start', 'die', 'start', 'die', 'start', 'die']);
    assert.doesNotMatch(actions, /restart/);
    await ok('rm loop');
  });

  test('E33 on-failure[:n] goes by the exit code and counts', async () => {
    await ok(['run', '-d', '--name', 'twice', '--restart', 'on-failure:2', 'base:1', 'sh', '-c', 'exit 4']);
    await ok(['run', '-d', '--name', 'well', '--restart', 'on-failure', 'base:1', 'true']);
    await eventually(
      'it gave up',
      async () => (await inspect('twice', '{{.State.Status}} {{.RestartCount}}')) === 'exited 2',
    );
    assert.equal(await inspect('well', '{{.State.Status}} {{.RestartCount}}'), 'exited 0');
    await ok('rm twice well');
  });

  test('a container in back-off is shown as restarting and refuses what needs a process', async () => {
    await ok(['run', '-d', '--name', 'waits', '--restart', 'always', 'base:1', 'false']);
    await inBackOff('waits', 5);
    const id = await inspect('waits', '{{.Id}}');
    assert.match(
      await ok(['ps', '--format', '{{.Names}} {{.State}} {{.Status}}']),
      /^waits restarting Restarting \(1\) /,
    );
    assert.equal(await ok('ps -q --no-trunc -f status=restarting'), id);
    const state = JSON.parse(await inspect('waits', '{{json .State}}'));
    assert.deepEqual(
      [state.Status, state.Running, state.Restarting, state.Pid, state.ExitCode],
      ['restarting', true, true, 0, 1],
    );
    const restarting = `Error response from daemon: Container ${id} is restarting, wait until the container is running`;
    for (const verb of ['pause waits', 'exec waits true', 'top waits']) {
      assert.equal(await refusal(verb), restarting);
    }
    assert.equal(
      await refusal('rm waits'),
      'Error response from daemon: cannot remove container "waits": container is restarting: stop the container before removing or force remove',
    );
    assert.equal(await ok('start waits'), 'waits');
    await ok('rename waits renamed');
    await ok('rm -f renamed');
    assert.equal((await docker('inspect renamed')).code, 1);
  });

  test('a policy that is taken away while a container waits holds from its next end on', async () => {
    await ok(['run', '-d', '--name', 'freed', '--restart', 'always', 'base:1', 'false']);
    await inBackOff('freed', 2);
    await ok('update --restart no freed');
    await eventually('it is over', async () => (await inspect('freed', '{{.State.Status}}')) === 'exited');
    await ok('rm freed');
  });

  test('stop and kill end the back-off, and a start counts anew', async () => {
    await ok(['run', '-d', '--name', 'ends', '--restart', 'unless-stopped', 'base:1', 'false']);
    for (const verb of ['stop', 'kill']) {
      await inBackOff('ends', 4);
      await ok([verb, 'ends']);
      assert.equal(await inspect('ends', '{{.State.Status}} {{.State.ExitCode}}'), 'exited 1');
      await ok('start ends');
      assert.ok((await restarts('ends')) < 4);
    }
    await ok('rm -f ends');
  });

  test('a container that was killed stays so, one that a signal reached does not', async () => {
    const script = 'trap "exit 5" USR1; while :; do sleep 0.05; done';
    const args = ['run', '-d', '--restart', 'always', '--stop-signal', 'TERM', '--name'];
    await ok([...args, 'signalled', 'base:1', 'sh', '-c', script]);
    await eventually('the trap is set', async () => (await docker('top signalled')).stdout.includes('sleep'));
    await ok('kill -s USR1 signalled');
    await eventually('it was restarted', async () => (await restarts('signalled')) === 1);
    await eventually('it runs', async () => (await inspect('signalled', '{{.State.Status}}')) === 'running');
    await ok('kill signalled');
    assert.equal(await inspect('signalled', '{{.State.Status}} {{.State.ExitCode}}'), 'exited 137');
    await ok('rm signalled');
  });

  test('wait and run in the foreground end with the first run', async () => {
    const run = await docker([
      'run',
      '--name',
      'first',
      '--restart',
      'always',
      'base:1',
      'sh',
      '-c',
      'exit 6',
    ]);
    assert.equal(run.code, 6);
    await ok('rm -f first');
    await ok([
      'run',
      '-d',
      '--name',
      'waited',
      '--restart',
      'always',
      'base:1',
      'sh',
      '-c',
      'sleep 0.3; exit 7',
    ]);
    assert.equal(await ok('wait waited'), '7');
    await ok('rm -f waited');
  });

  test('a restart that can not be started is the last one, and tells why', async () => {
    const folder = `${suite.wharf.folder}/source`;
    mkdirSync(folder);
    const mount = `type=bind,source=${folder},target=/there`;
    await ok([
      'run',
      '-d',
      '--name',
      'fails',
      '--restart',
      'always',
      '--mount',
      mount,
      'base:1',
      'sleep',
      '0.3',
    ]);
    rmSync(folder, { recursive: true });
    await eventually('it is over', async () => (await inspect('fails', '{{.State.Status}}')) === 'exited');
    assert.match(await inspect('fails', '{{.State.Error}}'), /bind source path does not exist/);
    await ok('rm fails');
  });

  test('restart keeps a container of --rm, and stop then removes it', async () => {
    await ok('run -d --rm -v /data --name brief base:1 sleep 99');
    const volume = await inspect('brief', '{{(index .Mounts 0).Name}}');
    await ok('restart -t 0 brief');
    assert.equal(await inspect('brief', '{{.State.Status}}'), 'running');
    await ok('stop -t 0 brief');
    await eventually('it is gone', async () => (await docker('inspect brief')).code === 1);
    await eventually(
      'its volume is gone',
      async () => (await docker(['volume', 'inspect', volume])).code === 1,
    );
  });

  test('--restart with --rm and policies that are none are refused', async () => {
    const both = await suite.wharf.wharf(['create', '--rm', '--restart', 'always', 'base:1']);
    assert.match(both.stderr, /conflicting options: cannot specify both --restart and --rm/);
    assert.match(
      await refusal('create --restart sometimes base:1'),
      /unknown policy 'sometimes'; use one of/,
    );
    assert.match(await refusal('create --restart always:3 base:1'), /can only be used with 'on-failure'/);
    assert.match(await refusal('create --restart on-failure:-1 base:1'), /cannot be negative/);
  });
});

describe('containers that start with the daemon', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const state = (name: string) =>
    ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}', name]);
  const run = (name: string, policy: string, ...command: string[]) =>
    ok(['run', '-d', '--name', name, '--restart', policy, 'base:1', ...command]);

  test('a policy decides who starts, also for those that ended while the daemon was down', async () => {
    await run('always-stopped', 'always', 'sleep', '99');
    await run('unless-stopped', 'unless-stopped', 'sleep', '99');
    await run('failed-stopped', 'on-failure', 'sleep', '99');
    await ok('stop -t 0 always-stopped unless-stopped failed-stopped');
    await run('lives', 'unless-stopped', 'sleep', '99');
    await run('never', 'no', 'sleep', '99');
    await run('well', 'on-failure', 'true');
    await ok('create --name created --restart always base:1 sleep 99');
    const pids = await Promise.all(
      ['lives', 'never'].map((name) => ok(['inspect', '-f', '{{.State.Pid}}', name])),
    );
    await suite.wharf.stop('SIGKILL');
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
    await suite.wharf.start();
    for (const name of ['always-stopped', 'failed-stopped', 'lives']) {
      await eventually(`${name} runs`, async () => /^running 0 [01]$/.test(await state(name)));
    }
    assert.equal(await state('unless-stopped'), 'exited 137 0');
    assert.equal(await state('never'), 'exited 137 0');
    assert.equal(await state('well'), 'exited 0 0');
    assert.equal(await state('created'), 'created 0 0');
    await ok(['rm', '-f', ...(await ok('ps -aq')).split('\n')]);
  });

  test('a back-off does not outlive its daemon, which the next one starts at once', async () => {
    await run('loop', 'always', 'false');
    await eventually('it waits long', async () => /^restarting 1 [5-9]/.test(await state('loop')));
    await suite.wharf.stop();
    await suite.wharf.start();
    await eventually('it was started', async () => Number((await state('loop')).split(' ')[2]) < 5);
    await ok('rm -f loop');
  });

  test('those that others depend on start first', async () => {
    const service = (name: string, dependsOn: string) => {
      const labels = { project: 'p', service: name, depends_on: dependsOn };
      const flags = Object.entries(labels).flatMap(([key, value]) => [
        '-l',
        `com.docker.compose.${key}=${value}`,
      ]);
      return ok(['run', '-d', '--name', name, '--restart', 'always', ...flags, 'base:1', 'sleep', '99']);
    };
    await service('web', 'db:service_started:false');
    await service('db', '');
    await ok('stop -t 0 db web');
    await suite.wharf.stop();
    const since = `${Date.now() / 1000}`;
    await suite.wharf.start();
    await eventually('both run', async () => (await ok('ps -q')).split('\n').length === 2);
    const until = `${Date.now() / 1000}`;
    const events = ['events', '--since', since, '--until', until, '-f', 'event=start'];
    assert.equal(await ok([...events, '--format', '{{.Actor.Attributes.name}}']), 'db\nweb');
    await ok('rm -f db web');
  });
});
