import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { ipInside } from '../testing/inside.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('limits of what containers send and receive', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const run = async (name: string, ...options: string[]) => {
    await ok(['run', '-d', '--name', name, ...options, 'base:1', 'sleep', '999']);
    return Number(await ok(`inspect --format {{.State.Pid}} ${name}`));
  };
  const tc = (...args: string[]) => execFileSync('tc', ['qdisc', 'show', ...args], { encoding: 'utf8' });
  const rateIn = (text: string) => /tbf .*rate (\w+)/.exec(text)?.[1];
  /** What the container may send by a device of its own, and what the host's end of it may send to the container. */
  const limits = (pid: number, device = 'eth0') => {
    const namespace = ['-t', String(pid), '-n', 'tc', 'qdisc', 'show', 'dev', device];
    const sends = rateIn(execFileSync('nsenter', namespace, { encoding: 'utf8' }));
    const [, peer] = /link-netnsid|@if(\d+)/.exec(ipInside(pid, `link show ${device}`)) ?? [];
    const [, hostDevice = ''] =
      new RegExp(`^${peer}: ([^@:]+)`, 'm').exec(execFileSync('ip', ['link'], { encoding: 'utf8' })) ?? [];
    return [sends, rateIn(tc('dev', hostDevice))];
  };
  before(async () => {
    await ok('network create -o wharf.rate.out=20mbit -o wharf.rate.in=30mbit slow');
    await ok('network create quick');
  });

  test('are asked for by a label, by a network, and by one place in it', async () => {
    const labels = ['--label', 'wharf.rate.out=5mbit', '--label', 'wharf.rate.in=6mbit'];
    assert.deepEqual(limits(await run('free')), [undefined, undefined]);
    assert.deepEqual(limits(await run('limited', ...labels)), ['5Mbit', '6Mbit']);
    assert.deepEqual(limits(await run('shared', '--network', 'slow')), ['20Mbit', '30Mbit']);
    const option = 'name=slow,driver-opt=wharf.rate.out=1mbit';
    const pid = await run('both', ...labels, '--network', option, '--network', 'quick');
    assert.deepEqual(limits(pid), ['1Mbit', '6Mbit']);
    assert.deepEqual(limits(pid, 'eth1'), ['5Mbit', '6Mbit']);
    await ok('network disconnect slow both');
    await ok('network connect slow both');
    assert.deepEqual(limits(pid), ['5Mbit', '6Mbit']);
    await ok('rm -f free limited shared both');
  });

  test('change while the container runs, and outlive the daemon', async () => {
    const pid = await run('boat', '--network', 'slow');
    const update = async (...args: string[]) => {
      const { code, stderr } = await suite.wharf.wharf(['update', ...args, 'boat']);
      assert.equal(code, 0, stderr);
    };
    await update('--label-add', 'wharf.rate.out=7mbit');
    assert.deepEqual(limits(pid), ['7Mbit', '30Mbit']);
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    assert.deepEqual(limits(pid), ['7Mbit', '30Mbit']);
    await ok('network connect quick boat');
    assert.deepEqual(limits(pid, 'eth1'), ['7Mbit', undefined]);
    await update('--label-rm', 'wharf.rate.out');
    assert.deepEqual(limits(pid), ['20Mbit', '30Mbit']);
    assert.deepEqual(limits(pid, 'eth1'), [undefined, undefined]);
    const bad = await suite.wharf.wharf(['update', '--label-add', 'wharf.rate.out=fast', 'boat']);
    assert.match(bad.stderr, /invalid rate wharf\.rate\.out=fast: expected from 8kbit to 32gbit/);
    assert.deepEqual(limits(pid), ['20Mbit', '30Mbit']);
    await ok('rm -f boat');
  });

  test('that are none are refused', async () => {
    const network = await docker('network create -o wharf.rate.in=12 bad');
    assert.match(network.stderr, /invalid rate wharf\.rate\.in=12: expected from 8kbit to 32gbit/);
    const container = await docker('run --rm --label wharf.rate.out=1bit base:1 true');
    assert.match(container.stderr, /invalid rate wharf\.rate\.out=1bit/);
    await ok('run -d --name raft base:1 sleep 999');
    const place = await docker('network connect --driver-opt wharf.rate.out=99gbit quick raft');
    assert.match(place.stderr, /invalid rate wharf\.rate\.out=99gbit/);
    await ok('rm -f raft');
  });
});
