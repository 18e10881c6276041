import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const rounds = 10;
/** A whole update takes less than this; the kill comes at a random moment of it. */
const updateMs = 30;
const pidsFile = existsSync('/sys/fs/cgroup/pids') ? 'pids/pids.max' : 'pids.max';

/** Everything that an update of this test changes. */
interface Shape {
  readonly port: number;
  readonly mount: string;
  readonly pids: number;
}

describe('a daemon that is killed at random moments of an update', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  let shapes: [Shape, Shape];
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

  for (let round = 1; round <= rounds; round++) {
    test(`round ${round}: all is as before or as after`, async () => {
      const from = await recorded();
      const to = from.port === shapes[0].port ? shapes[1] : shapes[0];
      const updating = suite.wharf.wharf([
        ...['update', '--publish-rm', `${from.port}:80`, '--publish-add', `${to.port}:80`],
        ...[
          '--mount-rm',
          from.mount,
          '--mount-add',
          `type=tmpfs,dst=${to.mount}`,
          '--pids-limit',
          `${to.pids}`,
          'box',
        ],
      ]);
      await sleep(Math.random() * updateMs);
      await suite.wharf.stop('SIGKILL');
      await updating;
      await suite.wharf.start();
      const shape = await recorded();
      assert.ok(shape.port === from.port || shape.port === to.port);
      assert.deepEqual(shape, shape.port === from.port ? from : to, 'the record is of one piece');
      await eventually('the kernel agrees with the record', async () => {
        return JSON.stringify(await actual()) === JSON.stringify(shape);
      });
    });
  }
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '0.0.0.0', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

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
