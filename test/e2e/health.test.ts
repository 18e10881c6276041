import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseTimestamp } from '#base';
import { busyboxImage } from '../fixtures/busybox.ts';
import { postJson } from '../testing/post-json.ts';
import { eventually } from '../testing/programs.ts';
import { type Suite, useWharf } from '../testing/use-wharf.ts';

interface Health {
  readonly Status: string;
  readonly FailingStreak: number;
  readonly Log: { readonly Start: string; readonly End: string; ExitCode: number; Output: string }[];
}

const interval = '--health-interval=50ms';

async function healthOf(suite: Suite, name: string): Promise<Health> {
  return JSON.parse(await suite.ok(['inspect', '-f', '{{json .State.Health}}', name]));
}

/** Waits until the container's health is what is asked for. */
async function until(suite: Suite, name: string, passes: (health: Health) => boolean): Promise<Health> {
  return await eventually(`the health of ${name}`, async () => {
    const health = await healthOf(suite, name);
    return passes(health) ? health : undefined;
  });
}

function untilStatus(suite: Suite, name: string, status: string): Promise<Health> {
  return until(suite, name, (health) => health.Status === status);
}

/** Starts a container with a check; flags are split at spaces but for the check. */
async function run(
  suite: Suite,
  name: string,
  check: string,
  flags = '',
  command = 'sleep 99',
): Promise<void> {
  const words = flags.split(' ').filter(Boolean);
  await suite.ok([
    'run',
    '-d',
    '--name',
    name,
    `--health-cmd=${check}`,
    interval,
    ...words,
    'base:1',
    ...command.split(' '),
  ]);
}

describe('health checks', () => {
  const suite = useWharf([
    busyboxImage('base:1'),
    busyboxImage('checked:1', {
      Healthcheck: { Test: ['CMD-SHELL', 'test -e /well'], Interval: 3_600_000_000_000, Retries: 2 },
    }),
  ]);

  test('a container starts, gets well, falls ill and recovers, with events', async () => {
    await run(
      suite,
      'patient',
      'echo looked; echo oh >&2; test -e /well',
      '--health-retries 2 --health-start-period 1h --health-start-interval 50ms',
    );
    const starting = await until(suite, 'patient', ({ Log }) => Log.length > 2);
    assert.deepEqual([starting.Status, starting.FailingStreak], ['starting', 0]);
    assert.deepEqual([starting.Log[0]?.ExitCode, starting.Log[0]?.Output], [1, 'looked\noh\n']);
    assert.match(await suite.ok('ps --format {{.Status}}'), /^Up .* \(health: starting\)$/);
    await suite.ok('exec patient touch /well');
    await untilStatus(suite, 'patient', 'healthy');
    assert.match(await suite.ok('ps --filter health=healthy --format {{.Status}}'), /^Up .* \(healthy\)$/);
    await suite.ok('exec patient rm /well');
    const ill = await untilStatus(suite, 'patient', 'unhealthy');
    assert.ok(ill.FailingStreak >= 2);
    assert.ok(ill.Log.length <= 5);
    const [{ Start = '', End = '' } = {}] = ill.Log;
    assert.ok(parseTimestamp(Start) < parseTimestamp(End), `${Start} ${End}`);
    const events = await suite.ok([
      'events',
      '--since=1970-01-01',
      `--until=${Date.now() / 1000 + 0.001}`,
      '--filter=container=patient',
      '--format={{.Action}}',
    ]);
    const told = events.split('\n').filter((action) => action.startsWith('health_status'));
    assert.deepEqual(told, ['health_status: healthy', 'health_status: unhealthy']);
    assert.match(
      events,
      /exec_create: \/bin\/sh -c echo looked; echo oh >&2; test -e \/well\nexec_start: .*\nexec_die/,
    );
    await suite.ok('rm -f patient');
  });

  test('a probe that takes too long is killed with all its processes', async () => {
    const flags = '--health-timeout 100ms --health-retries 1';
    await run(suite, 'slow', 'test -e /well && exit; echo begun; sleep 1234 & sleep 1234', flags);
    const { Log } = await untilStatus(suite, 'slow', 'unhealthy');
    assert.deepEqual(
      [Log[0]?.ExitCode, Log[0]?.Output],
      [-1, 'Health check exceeded timeout (100ms): begun\n'],
    );
    await suite.ok('exec slow touch /well');
    await untilStatus(suite, 'slow', 'healthy');
    // The command line of a probe that runs just now has the words too.
    assert.doesNotMatch(await suite.ok('top slow'), /:\d\d +sleep 1234$/m);
    await suite.ok('rm -f slow');
  });

  test('what a probe writes is cut; one that can’t be run is a failure', async () => {
    await run(suite, 'chatty', 'yes | head -c 5000');
    const { Log } = await untilStatus(suite, 'chatty', 'healthy');
    assert.equal(Log[0]?.Output, `${'y\n'.repeat(2048)}...`);
    await suite.ok('rm -f chatty');

    const created = await postJson(suite.wharf.socketPath, '/containers/create?name=missing', {
      Image: 'base:1',
      Cmd: ['sleep', '99'],
      Healthcheck: { Test: ['CMD', 'nosuchprogram'], Interval: 50_000_000, Retries: 1 },
    });
    assert.equal(created.status, 201);
    await suite.ok('start missing');
    const missing = await untilStatus(suite, 'missing', 'unhealthy');
    assert.equal(missing.Log[0]?.ExitCode, -1);
    assert.match(missing.Log[0]?.Output ?? '', /exec: "nosuchprogram": executable file not found in \$PATH$/);
    await suite.ok('rm -f missing');
  });

  test('the image’s check is inherited, changed in part, or turned off', async () => {
    const checkOf = async (...flags: string[]) => {
      const id = await suite.ok(['create', ...flags, 'checked:1']);
      const check = JSON.parse(await suite.ok(['inspect', '-f', '{{json .Config.Healthcheck}}', id]));
      await suite.ok(['rm', id]);
      return check;
    };
    const inherited = { Test: ['CMD-SHELL', 'test -e /well'], Interval: 3_600_000_000_000, Retries: 2 };
    assert.deepEqual(await checkOf(), inherited);
    assert.deepEqual(await checkOf('--health-interval=1s'), { ...inherited, Interval: 1_000_000_000 });
    assert.deepEqual(await checkOf('--health-cmd=true'), { ...inherited, Test: ['CMD-SHELL', 'true'] });
    assert.deepEqual(await checkOf('--no-healthcheck'), { ...inherited, Test: ['NONE'] });

    await suite.ok('run -d --name plain --no-healthcheck checked:1 sleep 99');
    assert.equal(
      await suite.ok(['inspect', '-f', '{{json .State}}', 'plain']).then((s) => 'Health' in JSON.parse(s)),
      false,
    );
    assert.equal(await suite.ok('ps --filter health=none --format {{.Names}}'), 'plain');
    assert.equal(await suite.ok('ps -q --filter health=starting'), '');
    const bad = await suite.docker('ps --filter health=fine');
    assert.match(
      bad.stderr,
      /invalid filter 'health=fine': invalid value for health \(fine\): must be one of none, starting, healthy, unhealthy/,
    );
    await suite.ok('rm -f plain');
  });

  test('impossible checks are refused in Docker’s words', async () => {
    const refusals = [
      [{ Interval: 10 }, 'Interval in Healthcheck cannot be less than 1ms'],
      [{ StartInterval: -1 }, 'StartInterval in Healthcheck cannot be less than 1ms'],
      [{ Retries: -1 }, 'Retries in Healthcheck cannot be negative'],
      [
        { Test: ['CMD', 'http://db/'] },
        'invalid health check "http://db/": the host must be an IP address, localhost or empty',
      ],
    ] as const;
    for (const [Healthcheck, message] of refusals) {
      const answer = await postJson(suite.wharf.socketPath, '/containers/create', {
        Image: 'base:1',
        Healthcheck,
      });
      assert.deepEqual(answer, { status: 400, body: { message } });
    }
  });

  test('a start interval is nothing that API 1.43 knows', async () => {
    const Healthcheck = { Test: ['CMD', 'true'], StartInterval: 10 };
    const answer = await postJson(suite.wharf.socketPath, '/v1.43/containers/create?name=older', {
      Image: 'base:1',
      Healthcheck,
    });
    assert.equal(answer.status, 201);
    assert.equal(
      await suite.ok(['inspect', '-f', '{{json .Config.Healthcheck}}', 'older']),
      '{"Test":["CMD","true"]}',
    );
    await suite.ok('rm older');
  });

  test('the engine itself asks servers in the container’s own network', async () => {
    const serve = 'httpd -p 127.0.0.1:8080 -h /www; sleep 99';
    const start = (name: string, check: string) =>
      suite.ok([
        'run',
        '-d',
        '--name',
        name,
        `--health-cmd=${check}`,
        interval,
        '--health-retries=1',
        'base:1',
        'sh',
        '-c',
        serve,
      ]);
    await start('web', 'http://:8080/index.html');
    await start('port', 'tcp://127.0.0.1:8080');
    await start('lost', 'http://localhost:8080/missing');
    await start('deaf', 'tcp://:9');
    const web = await untilStatus(suite, 'web', 'healthy');
    assert.equal(web.Log.at(-1)?.Output, 'GET http://localhost:8080/index.html: HTTP/1.1 200 OK');
    assert.equal(
      (await untilStatus(suite, 'port', 'healthy')).Log.at(-1)?.Output,
      'connected to 127.0.0.1:8080',
    );
    const lost = await until(suite, 'lost', ({ Log }) => /404/.test(Log.at(-1)?.Output ?? ''));
    assert.deepEqual([lost.Status, lost.Log.at(-1)?.ExitCode], ['unhealthy', 1]);
    const deaf = await untilStatus(suite, 'deaf', 'unhealthy');
    assert.equal(deaf.Log.at(-1)?.Output, 'connect 127.0.0.1 port 9: connection refused');
    assert.equal(await suite.ok('ps -q --filter health=healthy').then((ids) => ids.split('\n').length), 2);
    await suite.ok('rm -f web port lost deaf');
  });

  test('a pause stops the checks, a stop makes unhealthy, a start begins anew', async () => {
    await run(suite, 'lazy', 'true');
    await untilStatus(suite, 'lazy', 'healthy');
    await suite.ok('pause lazy');
    assert.match(await suite.ok('ps --format {{.Status}}'), /^Up .* \(Paused\)$/);
    const paused = await healthOf(suite, 'lazy');
    await suite.ok('unpause lazy');
    const last = paused.Log.at(-1)?.End ?? '';
    await until(suite, 'lazy', ({ Status, Log }) => Status === 'healthy' && (Log.at(-1)?.End ?? '') > last);
    await suite.ok('stop -t 0 lazy');
    assert.equal((await healthOf(suite, 'lazy')).Status, 'unhealthy');
    await suite.ok('start lazy');
    await untilStatus(suite, 'lazy', 'healthy');
    await suite.ok('rm -f lazy');
  });

  test('checks go on under the next daemon, which ends what the last one left', async () => {
    await run(suite, 'survivor', 'test -e /well || sleep 1234', '--health-timeout 1h');
    const hangs = async () => (await suite.ok('top survivor')).includes('sleep 1234');
    await suite.ok('exec survivor rm -f /well');
    await eventually('a probe hangs', hangs);
    await suite.ok('exec survivor touch /well');
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    await untilStatus(suite, 'survivor', 'healthy');
    await eventually('the old probe is gone', async () => !(await hangs()));
    await suite.ok('rm -f survivor');
  });

  test('an unhealthy container restarts when its label says so', async () => {
    const check = 'test -e /tmp/ill && exit 1; exit 0';
    const flags = ['--health-retries=1', '--stop-timeout=0'];
    const start = (name: string, ...more: string[]) =>
      suite.ok([
        'run',
        '-d',
        '--name',
        name,
        `--health-cmd=${check}`,
        interval,
        ...flags,
        ...more,
        'base:1',
        'sh',
        '-c',
        'rm -f /tmp/ill; sleep 99',
      ]);
    await start('phoenix', '--label=wharf.restart-on=unhealthy');
    await start('mortal');
    const startOf = (name: string) => suite.ok(['inspect', '-f', '{{.State.StartedAt}}', name]);
    const before = await startOf('phoenix');
    for (const name of ['phoenix', 'mortal']) {
      await untilStatus(suite, name, 'healthy');
      await suite.ok(['exec', name, 'touch', '/tmp/ill']);
    }
    await eventually('it runs again', async () => (await startOf('phoenix')) !== before);
    assert.equal(await suite.ok(['inspect', '-f', '{{.RestartCount}}', 'phoenix']), '1');
    await untilStatus(suite, 'phoenix', 'healthy');
    await untilStatus(suite, 'mortal', 'unhealthy');
    await suite.ok('rm -f phoenix mortal');
  });
});

describe('a daemon that restarts unhealthy containers', () => {
  const suite = useWharf([busyboxImage('base:1')], { args: ['--restart-unhealthy'] });

  test('does so without a label, and not against one', async () => {
    const flags = '--health-retries 1 --stop-timeout 0';
    await run(suite, 'again', 'false', flags);
    await run(suite, 'never', 'false', `${flags} --label wharf.restart-on=never`);
    const started = (name: string) => suite.ok(['inspect', '-f', '{{.State.StartedAt}}', name]);
    const [again, never] = [await started('again'), await started('never')];
    await eventually('it runs again', async () => (await started('again')) !== again);
    await untilStatus(suite, 'never', 'unhealthy');
    assert.equal(await started('never'), never);
  });
});
