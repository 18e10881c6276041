import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { freePort } from '../testing/free-port.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const server = 'httpd -h /www; exec sleep 999';

describe('live edit', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  /** Runs our own client, which must succeed. */
  const wharf = async (...args: string[]) => {
    const { code, stdout, stderr } = await suite.wharf.wharf(args);
    assert.equal(code, 0, `wharf ${args.join(' ')}: ${stderr}`);
    return stdout.trimEnd();
  };
  const refused = async (...args: string[]) => {
    const { code, stderr } = await suite.wharf.wharf(['update', ...args]);
    assert.equal(code, 1, `update ${args.join(' ')}`);
    return stderr;
  };
  const serve = async (name: string, ...flags: string[]) => {
    await ok(['run', '-d', '--name', name, ...flags, 'base:1', 'sh', '-c', server]);
    await eventually('it serves', async () => (await ok(['top', name])).includes('sleep 999'));
  };
  const inspect = async (name: string) => ({ ...JSON.parse(await ok(['inspect', name]))[0], ExecIDs: null });
  const restartDaemon = async () => {
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
  };

  describe('of ports', () => {
    before(() => serve('web'));

    test('a running container is published at once, at every address, until it is not', async () => {
      const [one, two] = [await freePort(), await freePort()];
      assert.equal(await wharf('update', '--publish-add', `${one}:80`, 'web'), 'web');
      assert.match((await answer(one)) ?? '', /Hello from Wharf/);
      assert.match((await answer(one, '::1')) ?? '', /Hello from Wharf/);
      assert.equal(await ok('port web 80'), `0.0.0.0:${one}\n[::]:${one}`);
      await wharf('update', '--publish-add', `127.0.0.1:${two}:80`, 'web');
      assert.match((await answer(two)) ?? '', /Hello/);
      await wharf('update', '--publish-rm', `${two}:80/tcp`, 'web');
      assert.deepEqual([await answer(two), typeof (await answer(one))], [undefined, 'string']);
      const other = await freePort();
      await wharf('update', '--publish-rm', '80', '--publish-add', `${other}:80`, 'web');
      assert.deepEqual([await answer(one), typeof (await answer(other))], [undefined, 'string']);
      await wharf('update', '--publish-rm', '80', 'web');
      assert.equal(await answer(other), undefined);
      assert.deepEqual((await inspect('web')).HostConfig.PortBindings, {});
      assert.deepEqual((await inspect('web')).NetworkSettings.Ports, {});
    });

    test('a port that is taken is refused in Docker’s words, and nothing changes', async () => {
      const [mine, free] = [await freePort(), await freePort()];
      await serve('rival', '-p', `${mine}:80`);
      const blocker = createServer();
      const busy = await new Promise<number>((resolve) => {
        blocker.listen(0, '0.0.0.0', () => resolve(portOf(blocker)));
      });
      const before = await inspect('web');
      assert.match(
        await refused(
          '--publish-add',
          `${free}:80`,
          '--publish-add',
          `${mine}:80`,
          '--label-add',
          'a=b',
          'web',
        ),
        new RegExp(
          `Cannot update container [0-9a-f]{64}: failed to set up container networking: driver failed programming external connectivity on endpoint web \\([0-9a-f]{64}\\): Bind for 0.0.0.0:${mine} failed: port is already allocated`,
        ),
      );
      assert.match(
        await refused('--publish-add', `${busy}:80`, 'web'),
        new RegExp(`failed to bind host port for 0.0.0.0:${busy}:.*:80/tcp: address already in use`),
      );
      assert.match(await refused('--publish-rm', '81', 'web'), /port 81 is not published/);
      assert.deepEqual(await inspect('web'), before);
      assert.equal(await answer(free), undefined);
      blocker.close();
      await ok('rm -f rival');
      await wharf('update', '--publish-add', `${mine}:80`, 'web');
      assert.match((await answer(mine)) ?? '', /Hello/);
      await ok('run -d --name hosted --network host base:1 sleep 999');
      assert.match(await refused('--publish-add', '1:80', 'hosted'), /no network that publishes ports/);
      await ok('rm -f hosted');
      await wharf('update', '--publish-rm', '80', 'web');
    });

    test('the edit outlasts daemon and container', async () => {
      const port = await freePort();
      await wharf('update', '--publish-add', `${port}:80`, 'web');
      await suite.wharf.stop('SIGKILL');
      assert.match((await answer(port)) ?? '', /Hello/, 'without a daemon');
      await suite.wharf.start();
      assert.match((await answer(port)) ?? '', /Hello/, 'with the next daemon');
      await ok('restart -t 0 web');
      await eventually('it serves again', () => answer(port));
      await ok('stop -t 0 web');
      await wharf('update', '--publish-rm', `${port}:80`, 'web');
      await ok('start web');
      assert.equal(await answer(port), undefined);
    });
  });

  describe('of mounts', () => {
    let folder = '';
    before(async () => {
      folder = `${suite.wharf.folder}/shared`;
      mkdirSync(folder);
      writeFileSync(`${folder}/note`, 'from the host');
      await ok('run -d --name box base:1 sleep 999');
    });

    test('binds, volumes and tmpfs appear in a running container and go again', async () => {
      await wharf('update', '--mount-add', `type=bind,src=${folder},dst=/new/place,readonly`, 'box');
      assert.equal(await ok('exec box cat /new/place/note'), 'from the host');
      assert.match((await suite.docker('exec box touch /new/place/x')).stderr, /Read-only file system/);
      await wharf('update', '--mount-add', `type=bind,src=${folder}/note,dst=/note`, 'box');
      await ok(['exec', 'box', 'sh', '-c', 'echo changed > /note']);
      assert.equal(await ok('exec box cat /new/place/note'), 'changed');
      await wharf(
        'update',
        '--mount-add',
        'type=volume,src=goods,dst=/www',
        '--mount-add',
        'type=tmpfs,dst=/fast,tmpfs-size=1m',
        'box',
      );
      assert.match(await ok('exec box cat /www/index.html'), /Hello/, 'an empty volume is filled');
      assert.match(
        await ok('exec box grep /fast /proc/mounts'),
        /^tmpfs \/fast tmpfs rw,nosuid,nodev,noexec,.*size=1024k/,
      );
      const { Mounts, HostConfig } = await inspect('box');
      assert.deepEqual(Mounts.map(({ Destination }: { Destination: string }) => Destination).sort(), [
        '/fast',
        '/new/place',
        '/note',
        '/www',
      ]);
      assert.equal(HostConfig.Mounts.length, 4);
      assert.match((await suite.docker('volume rm goods')).stderr, /volume is in use/);

      await ok('restart -t 0 box');
      assert.equal(await ok('exec box cat /new/place/note'), 'changed', 'after a restart');
      await wharf('update', '--mount-rm', '/www', '--mount-rm', '/note', 'box');
      assert.match(await ok('exec box cat /www/index.html'), /Hello/, 'what the image has');
      await ok('volume rm goods');
      await restartDaemon();
      await wharf('update', '--mount-rm', '/new/place', '--mount-rm', '/fast', 'box');
      assert.deepEqual((await inspect('box')).Mounts, []);
      assert.equal(await ok(['exec', 'box', 'sh', '-c', 'ls -A /new/place /fast']), '/fast:\n\n/new/place:');
    });

    test('what can’t be is refused honestly, and nothing changes', async () => {
      await wharf('update', '--mount-add', 'type=tmpfs,dst=/held', 'box');
      const before = await inspect('box');
      await ok(['exec', '-d', 'box', 'sh', '-c', 'cd /held; exec sleep 998']);
      await eventually('somebody is there', async () => (await ok('top box')).includes('sleep 998'));
      assert.match(
        await refused('--mount-add', 'type=tmpfs,dst=/other', '--mount-rm', '/held', 'box'),
        /cannot unmount \/held of the running container: it is in use/,
      );
      assert.match(
        await refused('--mount-add', 'type=tmpfs,dst=/held', 'box'),
        /Duplicate mount point: \/held/,
      );
      assert.match(
        await refused('--mount-rm', '/nowhere', 'box'),
        /there is no mount at \/nowhere to remove/,
      );
      assert.match(
        await refused('--mount-add', 'type=bind,src=/nosuchfolder,dst=/x', 'box'),
        /bind source path does not exist: \/nosuchfolder/,
      );
      assert.deepEqual(await inspect('box'), before);
      await ok('run -d --name sealed --read-only base:1 sleep 999');
      assert.match(
        await refused('--mount-add', 'type=tmpfs,dst=/none/such', 'sealed'),
        /cannot mount at \/none\/such of the running container: its root is read-only/,
      );
      await ok('rm -f sealed');
    });

    test('what a failed update has unmounted comes back as it was', async () => {
      await ok('run -d --name keeper --tmpfs /scratch base:1 sleep 999');
      await ok(['exec', 'keeper', 'sh', '-c', 'echo precious > /scratch/note']);
      const failing = ['--mount-rm', '/scratch', '--mount-add', 'type=tmpfs,dst=/etc/passwd/x', 'keeper'];
      assert.match(await refused(...failing), /cannot mount at \/etc\/passwd\/x of the running container/);
      assert.equal(await ok('exec keeper cat /scratch/note'), 'precious');
      await wharf('update', '--mount-rm', '/scratch', 'keeper');
      assert.equal(await ok('exec keeper ls /scratch'), '');
      await ok('rm -f keeper');
    });

    test('a mount never leaves the container, whatever links it has', async () => {
      await ok([
        'exec',
        'box',
        'sh',
        '-c',
        'ln -s /proc/1/root/../../.. /out; ln -s ../../../../../../tmp /up; ln -s /proc/self/fd /magic',
      ]);
      await wharf('update', '--mount-add', 'type=tmpfs,dst=/up/inner', 'box');
      assert.match(await ok('exec box cat /proc/mounts'), / \/tmp\/inner tmpfs /);
      assert.match(await refused('--mount-rm', '/up/inner', 'box'), /there is a symbolic link on its path/);
      assert.match(await ok('exec box cat /proc/mounts'), / \/tmp\/inner tmpfs /);
      assert.match(await refused('--mount-add', 'type=tmpfs,dst=/out/tmp/x', 'box'), /cannot mount at/);
      assert.match(await refused('--mount-add', 'type=tmpfs,dst=/magic/0/x', 'box'), /cannot mount at/);
      assert.match(await refused('--mount-add', 'type=tmpfs,dst=/up', 'box'), /there is a symbolic link/);
    });
  });

  describe('of labels and the process', () => {
    test('labels change at once, for events and filters too', async () => {
      await ok('run -d --name tagged --label keep=1 --label old=2 base:1 sleep 999');
      await wharf('update', '--label-add', 'new=3', '--label-rm', 'old', 'tagged');
      assert.deepEqual((await inspect('tagged')).Config.Labels, { keep: '1', new: '3' });
      assert.equal(await ok('ps --filter label=new=3 --format {{.Names}}'), 'tagged');
      assert.equal(await ok('ps -q --filter label=old'), '');
      await restartDaemon();
      assert.equal(await ok('ps --filter label=new=3 --format {{.Names}}'), 'tagged');
      await ok('rm -f tagged');
    });

    test('environment and command wait for the next start, and inspect says so', async () => {
      await ok('run -d --name worker -e KEEP=1 -e OLD=2 -e CHANGE=3 base:1 sleep 999');
      await wharf(
        'update',
        '--env-add',
        'NEW=4',
        '--env-add',
        'CHANGE=5',
        '--env-rm',
        'OLD',
        '--command',
        "sh -c 'env; exec sleep 998'",
        'worker',
      );
      const edited = await inspect('worker');
      assert.deepEqual(edited.Config.Cmd, ['sleep', '999']);
      assert.ok(edited.Config.Env.includes('OLD=2'));
      assert.deepEqual(edited.Pending.Cmd, ['sh', '-c', 'env; exec sleep 998']);
      assert.match(await ok('exec worker env'), /^OLD=2$/m, 'until then nothing changes');
      await restartDaemon();
      await wharf('update', '--env-add', 'LATER=6', 'worker');
      await ok('restart -t 0 worker');
      const restarted = await inspect('worker');
      assert.equal('Pending' in restarted, false);
      assert.deepEqual([restarted.Path, restarted.Args], ['sh', ['-c', 'env; exec sleep 998']]);
      const env = await ok('exec worker env');
      for (const entry of ['KEEP=1', 'CHANGE=5', 'NEW=4', 'LATER=6'])
        assert.match(env, new RegExp(`^${entry}$`, 'm'));
      assert.doesNotMatch(env, /OLD=/);
      await ok('rm -f worker');
    });

    test('a stopped container takes everything at once', async () => {
      await ok('create --name still base:1 false');
      await wharf(
        'update',
        '--command',
        'echo edited',
        '--label-add',
        'a=b',
        '--mount-add',
        'type=tmpfs,dst=/t',
        'still',
      );
      assert.equal(await ok('start -a still'), 'edited');
      await wharf('update', '--entrypoint', '/bin/echo [', 'still');
      assert.equal(await ok('start -a still'), '[ echo edited');
      await ok('rm still');
    });
  });
});

function portOf(probe: ReturnType<typeof createServer>): number {
  const address = probe.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What an HTTP server at the port says; undefined when nobody takes the connection. */
function answer(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.once('error', () => resolve(undefined));
    socket.once('end', () => resolve(text));
    socket.once('connect', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
  });
}
