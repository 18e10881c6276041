import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('signals, stops, pauses, and want of memory', () => {
  const { docker, ok } = useWharf([busyboxImage('base:1')]);

  test('kill takes every signal by name and number, and refuses what is none in Docker’s words', async () => {
    const script = 'for s in HUP 35 64; do trap "echo $s" $s; done; echo ready; while :; do sleep 0.02; done';
    await ok(['run', '-d', '--name', 'ears', 'base:1', 'sh', '-c', script]);
    const logged = (lines: string) => eventually(lines, async () => (await ok('logs ears')) === lines);
    await logged('ready');
    await ok('kill -s hup ears');
    await logged('ready\nHUP');
    await ok('kill -s SIGRTMIN+1 ears');
    await logged('ready\nHUP\n35');
    await ok('kill -s 64 ears');
    await logged('ready\nHUP\n35\n64');
    const refusal = async (...args: string[]) => (await docker(args)).stderr.trim();
    const prefix = 'Error response from daemon: cannot kill container: ears:';
    for (const signal of ['BAD', '0', 'RTMIN+99']) {
      assert.equal(await refusal('kill', '-s', signal, 'ears'), `${prefix} invalid signal: ${signal}`);
    }
    for (const signal of ['65', '-1']) {
      assert.equal(
        await refusal('kill', '-s', signal, 'ears'),
        `${prefix} the linux daemon does not support signal ${signal}`,
      );
    }
    assert.match(
      await refusal('stop', '-s', 'BAD', 'ears'),
      /cannot stop container: ears: invalid signal: BAD$/,
    );
    await ok('kill ears');
    assert.match(
      await refusal('kill', 'ears'),
      /cannot kill container: ears: container [0-9a-f]{64} is not running$/,
    );
    await ok('rm ears');
  });

  test('stop uses the stop signal and the timeout of the container, or those it is given', async () => {
    const script = 'trap "exit 4" USR1; trap "exit 5" TERM; echo ready; while :; do sleep 0.02; done';
    const start = async (...flags: string[]) => {
      await ok(['run', '-d', '--name', 'stops', ...flags, 'base:1', 'sh', '-c', script]);
      await eventually('it is ready', async () => (await ok('logs stops')) === 'ready');
    };
    const stopped = async (...flags: string[]) => {
      await ok(['stop', ...flags, 'stops']);
      const code = await ok(['inspect', '-f', '{{.State.ExitCode}}', 'stops']);
      await ok('rm stops');
      return code;
    };
    await start('--stop-signal', 'USR1');
    assert.equal(await stopped(), '4');
    await start('--stop-signal', 'USR1');
    assert.equal(await stopped('-s', 'TERM', '-t', '-1'), '5');
    await start('--stop-signal', 'WINCH', '--stop-timeout', '0');
    assert.equal(await stopped(), '137');
  });

  test('a paused container is held until it is asked to end, and then goes on for that', async () => {
    const script = 'trap "exit 6" TERM; echo ready; while :; do sleep 0.02; done';
    await ok(['run', '-d', '--name', 'still', 'base:1', 'sh', '-c', script]);
    const status = () => ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'still']);
    await eventually('it is ready', async () => (await ok('logs still')) === 'ready');
    await ok('pause still');
    const refusal = async (args: string) => (await docker(args)).stderr;
    assert.match(await refusal('pause still'), /Container [0-9a-f]{64} is already paused/);
    assert.match(
      await refusal('exec still true'),
      /Container still is paused, unpause the container before exec/,
    );
    assert.match(await refusal('start still'), /cannot start a paused container, try unpause instead/);
    assert.match(
      await refusal('rm still'),
      /cannot remove container "still": container is paused and must be unpaused first/,
    );
    await ok('rename still quiet');
    await ok('rename quiet still');
    await ok('stop still');
    assert.equal(await status(), 'exited 6');
    await ok('start still');
    await ok('pause still');
    await ok('kill still');
    assert.equal(await status(), 'exited 137');
    assert.match(await refusal('unpause still'), /Container [0-9a-f]{64} is not paused/);
    await ok('start still');
    await ok('pause still');
    await ok('rm -f still');
  });

  test('a container that runs out of memory tells so at once, also when it lives on', async () => {
    const events = (name: string) =>
      ok([
        'events',
        '--since',
        '1',
        '--until',
        `${Date.now() / 1000}`,
        '-f',
        `container=${name}`,
        '-f',
        'event=oom',
        '-f',
        'event=die',
        '--format',
        '{{.Action}}',
      ]);
    const script = 'sh -c "tail /dev/zero"; echo over; sleep 99';
    await ok(['run', '-d', '--name', 'hungry', '-m', '8m', 'base:1', 'sh', '-c', script]);
    await eventually('it is told', async () => (await events('hungry')).startsWith('oom'));
    await eventually('it lives on', async () => (await ok('logs hungry')).includes('over'));
    assert.equal(await ok(['inspect', '-f', '{{.State.Status}}', 'hungry']), 'running');
    await ok('rm -f hungry');
    assert.equal((await docker('run --name starved -m 8m base:1 tail /dev/zero')).code, 137);
    assert.match(await events('starved'), /^(oom\n)+die$/);
    assert.equal(
      await ok(['inspect', '-f', '{{.State.OOMKilled}} {{.State.ExitCode}}', 'starved']),
      'true 137',
    );
    await ok('rm starved');
  });
});
