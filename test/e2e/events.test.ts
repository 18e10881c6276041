import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { dockerProgram, eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const base = busyboxImage('base:1');

describe('events', () => {
  const suite = useWharf([base]);
  const { docker, ok } = suite;
  const now = () => (Date.now() / 1000).toFixed(3);

  interface Line {
    readonly Type: string;
    readonly Action: string;
    readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  }

  async function eventsSince(since: string, ...filters: string[]): Promise<Line[]> {
    const flags = filters.flatMap((filter) => ['--filter', filter]);
    const until = ((Date.now() + 5) / 1000).toFixed(3);
    const text = await ok(['events', '--since', since, '--until', until, ...flags, '--format', 'json']);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  }

  /** `type action` of what a scenario publishes, in order. */
  async function told(scenario: () => Promise<unknown>, ...filters: string[]): Promise<string[]> {
    const since = now();
    await scenario();
    const lines = await eventsSince(since, ...filters);
    return lines.map(({ Type, Action }) => `${Type} ${Action}`);
  }

  /** The same, of containers only, without their type. */
  const actions = async (scenario: () => Promise<unknown>) =>
    (await told(scenario, 'type=container')).map((text) => text.replace('container ', ''));

  async function post(path: string): Promise<void> {
    const call = request({ socketPath: suite.wharf.socketPath, path, method: 'POST' }).end();
    const [answer] = await once(call, 'response');
    assert.equal(answer.resume().statusCode, 200);
  }

  const stays = ['sh', '-c', 'trap "exit 3" TERM; while :; do sleep 0.05; done'];

  test('E05 run -d, kill, stop, restart and rm tell their steps in order', async () => {
    const run = await told(() => ok(['run', '-d', '--name', 'steps', '-v', 'kept:/v', 'base:1', ...stays]));
    const start = ['volume mount', 'network connect', 'container start'];
    assert.deepEqual(run, ['volume create', 'container create', ...start]);
    assert.deepEqual(await actions(() => ok('kill -s WINCH steps')), ['kill']);
    assert.deepEqual(await actions(() => ok('restart steps')), ['kill', 'die', 'stop', 'start', 'restart']);
    assert.deepEqual(await actions(() => ok('stop -t 0 steps')), ['kill', 'kill', 'die', 'stop']);
    const killed = await told(async () => {
      await ok('start steps');
      await ok('kill steps');
    });
    const end = ['container kill', 'network disconnect', 'volume unmount', 'container die'];
    assert.deepEqual(killed, [...start, ...end]);
    const forced = await actions(async () => {
      await ok('start steps');
      await ok('rm -f steps');
    });
    assert.deepEqual(forced, ['start', 'kill', 'die', 'destroy']);
    assert.deepEqual(await told(() => ok('volume rm kept')), ['volume destroy']);
    const failed = await told(() => docker(['run', '--name', 'failed', '-v', 'kept:/v', 'base:1', 'nosuch']));
    assert.deepEqual(failed.slice(-4), [...start.slice(0, 2), ...end.slice(1, 3)]);
    await ok('rm -v failed');
    await ok('volume rm kept');
  });

  test('a container that ends by itself, one that is restarted, one that runs out of memory', async () => {
    const ended = await actions(() => docker(['run', '--name', 'ended', 'base:1', 'sh', '-c', 'exit 3']));
    assert.deepEqual(ended, ['create', 'attach', 'start', 'die']);
    await ok('rm ended');
    const again = await actions(async () => {
      await ok(['run', '-d', '--name', 'again', '--restart', 'on-failure:1', 'base:1', 'false']);
      await eventually(
        'it has run twice',
        async () =>
          (await ok(['inspect', '-f', '{{.RestartCount}} {{.State.Status}}', 'again'])) === '1 exited',
      );
    });
    assert.deepEqual(again, ['create', 'start', 'die', 'start', 'die']);
    const greedy = await actions(() =>
      docker(['run', '-m', '16m', '--name', 'greedy', 'base:1', 'sh', '-c', 'a=x; while :; do a=$a$a; done']),
    );
    assert.deepEqual(greedy, ['create', 'attach', 'start', 'oom', 'die']);
    await ok('rm again greedy');
  });

  test('exec, top, pause, rename, resize, cp, export, commit and attach have the attributes of Docker', async () => {
    await ok(['run', '-d', '-t', '--name', 'busy', '-l', 'a=b', 'base:1', ...stays]);
    const since = now();
    await docker(['exec', 'busy', 'sh', '-c', 'exit 4']);
    await ok('exec busy true');
    await ok('top busy');
    await ok('pause busy');
    await ok('unpause busy');
    await ok('rename busy lazy');
    await ok('cp lazy:/etc/passwd -');
    await ok(['cp', '-', 'lazy:/tmp'], { input: makeTar([{ path: 'x', content: 'y' }]) });
    await ok(['export', '-o', `${suite.wharf.folder}/root.tar`, 'lazy']);
    await ok('commit -m why lazy made:1');
    await post('/containers/lazy/resize?h=10&w=20');
    const lines = await eventsSince(since);
    const summary = lines.map(({ Type, Action, Actor }) => {
      const { a, image, name, execID, ...others } = Actor.Attributes;
      if (Type === 'container') assert.deepEqual([a, image], ['b', 'base:1'], Action);
      const isExec = Action.startsWith('exec_');
      assert.equal(execID?.length, isExec ? 64 : undefined);
      return `${Type} ${Action}${name === 'busy' ? ' of busy' : ''} ${JSON.stringify(others)}`;
    });
    const made = await ok(['inspect', '-f', '{{.Id}}', 'made:1']);
    assert.deepEqual(summary, [
      'container exec_create: sh -c exit 4 of busy {}',
      'container exec_start: sh -c exit 4 of busy {}',
      'container exec_die of busy {"exitCode":"4"}',
      'container exec_create: true  of busy {}',
      'container exec_start: true  of busy {}',
      'container exec_die of busy {"exitCode":"0"}',
      'container top of busy {}',
      'container pause of busy {}',
      'container unpause of busy {}',
      'container rename {"oldName":"/busy"}',
      'container archive-path {}',
      'container extract-to-dir {}',
      'container export {}',
      'container pause {}',
      'image create {}',
      'image tag {}',
      `container commit ${JSON.stringify({ comment: 'why', imageID: made, imageRef: 'made:1' })}`,
      'container unpause {}',
      'container resize {"height":"10","width":"20"}',
    ]);
    await ok('rm -f lazy');
    assert.deepEqual(await told(() => ok('rmi made:1')), ['image untag', 'image delete']);
  });

  test('images, networks, volumes and prunes tell what was done', async () => {
    const archive = dockerArchive(base);
    assert.deepEqual(await told(() => ok('load -q', { input: archive })), ['image load']);
    assert.deepEqual(await told(() => ok('tag base:1 base:2')), ['image tag']);
    assert.deepEqual(await told(() => ok('rmi base:2')), ['image untag']);
    const tar = makeTar([{ path: 'x', content: 'y' }]);
    assert.deepEqual(await told(() => ok('import - flat:1', { input: tar })), ['image tag', 'image import']);
    assert.deepEqual(await told(() => ok('network create sea')), ['network create']);
    assert.deepEqual(await told(() => ok('network rm sea')), ['network destroy']);
    assert.deepEqual(await told(() => ok('volume create hold')), ['volume create']);
    await ok('run --name over base:1 true');
    const pruned = await told(async () => {
      await ok('container prune -f');
      await ok('volume prune -af');
      await ok('network prune -f');
      await ok('image prune -f');
    });
    const wanted = ['container destroy', 'container prune', 'volume destroy', 'volume prune'];
    assert.deepEqual(pruned, [...wanted, 'network prune', 'image prune']);
    await ok('rmi flat:1');
  });

  test('wish 22: --since reaches back over a clean stop and a crash of the daemon', async () => {
    const since = now();
    await ok('volume create first');
    await suite.wharf.stop();
    await suite.wharf.start();
    await ok('volume create second');
    const folder = `${suite.wharf.dataRoot}/events`;
    const isWritten = () =>
      readdirSync(folder).some((name) => readFileSync(`${folder}/${name}`, 'utf8').includes('second'));
    await eventually('the event is on disk', isWritten);
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    await ok('volume create third');
    const lines = await eventsSince(since, 'type=volume', 'event=create');
    assert.deepEqual(
      lines.map(({ Actor }) => Actor.ID),
      ['first', 'second', 'third'],
    );
    assert.equal((await eventsSince(since, 'volume=sec')).length, 1);
    await ok('volume rm first second third');
  });

  test('a follower sees what comes at once, without since nothing of before', async () => {
    const child = spawn(dockerProgram, ['events', '--format', '{{.Action}} {{.Actor.ID}}'], {
      env: { ...process.env, DOCKER_HOST: suite.wharf.host },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    await eventually('the follower is there', async () =>
      /Events: 1|"NEventsListener":1/.test(await ok(['info', '--format', '{{json .}}'])),
    );
    await ok('volume create live');
    await eventually('the event is there', () => seen.includes('create live'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(seen, 'create live\n');
    await ok('volume rm live');
  });

  test('refuses what makes no sense', async () => {
    assert.match(
      (await docker('events --since 20 --until 10')).stderr,
      /`since` time \(20\) cannot be after/,
    );
    assert.match((await docker('events --until 1 --filter colour=red')).stderr, /invalid filter 'colour'/);
  });
});
