import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { freePort } from '../testing/free-port.ts';
import { buildKillAtEffect, strike } from '../testing/kill-at-effect.ts';
import { postJson } from '../testing/post-json.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Every effect with WHARF_TEST_FAULTS=all; otherwise one of three, others each time. */
const stride = process.env.WHARF_TEST_FAULTS === 'all' ? 1 : 3;
const pidsFile = existsSync('/sys/fs/cgroup/pids') ? 'pids/pids.max' : 'pids.max';

/** Everything that an update of this test changes. */
interface Shape {
  readonly port: number;
  readonly mount: string;
  readonly pids: number;
}

describe('a daemon that is killed before any effect of an update', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  let shapes: [Shape, Shape];
  const tool = () => `${suite.wharf.folder}/kill-at-effect`;
  before(() => buildKillAtEffect(tool()));
  before(async () => {
    shapes = [
      { port: await freePort(), mount: '/one', pids: 51 },
      { port: await freePort(), mount: '/two', pids: 62 },
    ];
    const [{ port, mount, pids }] = shapes;
    const flags = ['-p', `${port}:80`, '--mount', `type=tmpfs,dst=${mount}`, '--pids-limit', `${pids}`];
    await ok(['run', '-d', '--name', 'box', ...flags, 'base:1', 'sh', '-c', 'httpd -h /www; exec sleep 999']);
  });

  /** What the record says. */
  async function recorded(): Promise<Shape> {
    const { HostConfig } = JSON.parse(await ok('inspect box'))[0];
    return {
      port: Number(HostConfig.PortBindings['80/tcp'][0].HostPort),
      mount: HostConfig.Mounts[0].Target,
      pids: HostConfig.PidsLimit,
    };
  }

  /** What the kernel says; undefined when it is neither shape. */
  async function actual(): Promise<Shape | undefined> {
    const script = `cat /sys/fs/cgroup/${pidsFile}; grep -o ' /\\(one\\|two\\) ' /proc/mounts`;
    const [pids, ...mounts] = (await ok(['exec', 'box', 'sh', '-c', script])).split('\n');
    const [first, second] = await Promise.all(shapes.map(({ port }) => isServed(port)));
    if (mounts.length !== 1 || first === second) return undefined;
    const port = (first ? shapes[0] : shapes[1]).port;
    return { port, mount: (mounts[0] ?? '').trim(), pids: Number(pids) };
  }

  async function change(from: Shape, to: Shape): Promise<void> {
    const answer = await postJson(suite.wharf.socketPath, '/containers/box/update', {
      PidsLimit: to.pids,
      PortsRemove: [`${from.port}:80`],
      PortsAdd: { '80/tcp': [{ HostPort: String(to.port) }] },
      MountsRemove: [from.mount],
      MountsAdd: [{ Type: 'tmpfs', Target: to.mount }],
    });
    assert.deepEqual(answer, { status: 200, body: { Warnings: null } });
  }

  test('all is as before or as after', async () => {
    let effect: string | undefined = 'none';
    for (let n = Math.ceil(Math.random() * stride); effect !== undefined; n += stride) {
      const from = await recorded();
      const to = from.port === shapes[0].port ? shapes[1] : shapes[0];
      effect = await strike(tool(), suite.wharf, n, () => change(from, to));
      const shape = await recorded();
      const when = `killed before effect ${n}, a ${effect}`;
      assert.deepEqual(shape, shape.port === from.port ? from : to, `the record is of one piece, ${when}`);
      await eventually(`the kernel agrees with the record, ${when}`, async () => {
        return JSON.stringify(await actual()) === JSON.stringify(shape);
      });
    }
  });
});

function isServed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
