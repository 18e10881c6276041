import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { makeTar, type TarEntry } from '../fixtures/tar.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('a container that wants out', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const shell = (script: string) => docker(['run', '--rm', 'base:1', 'sh', '-c', script]);

  /** A folder of the host that nothing in a container may reach, with a file whose content may not leak. */
  function outside(name: string): string {
    const path = `${suite.wharf.folder}/${name}`;
    mkdirSync(path);
    writeFileSync(`${path}/secret`, 'the host’s own');
    return path;
  }

  function assertUntouched(path: string): void {
    assert.deepEqual(readdirSync(path), ['secret']);
    assert.equal(readFileSync(`${path}/secret`, 'utf8'), 'the host’s own');
  }

  /** An image whose root has these links on top of busybox. */
  async function loadLinked(name: string, links: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(links).map(
      ([path, target]): TarEntry => ({ path, target, type: 'symlink' }),
    );
    const base = busyboxImage(name);
    await ok(['load', '-q'], {
      input: dockerArchive({ ...base, layers: [...base.layers, makeTar(entries)] }),
    });
  }

  test('mounts go through links of the image inside its root', async () => {
    const out = outside('mounts');
    const up = '../../../../../../../..';
    await loadLinked('linked:1', {
      data: `${up}${out}`,
      'etc/hosts': `${up}${out}/secret`,
      'etc/hostname': `${out}/new`,
    });
    const volume = [...'run --rm -v'.split(' '), `${suite.wharf.folder}/client:/data`, '-w', '/data/work'];
    const run = await docker([
      ...volume,
      'linked:1',
      'sh',
      '-c',
      'echo x > /data/x; cat /etc/hosts | head -1',
    ]);
    assert.equal(run.stdout, '127.0.0.1\tlocalhost\n', run.stderr);
    assertUntouched(out);
  });

  test('docker cp stays inside while the container swaps a folder for a link', async () => {
    const out = outside('copies');
    const swap = `mkdir /real; while :; do ln -sfn ${out} /d; ln -sfn /real /d; rm /d; mkdir /d; rm -rf /d; done`;
    await ok(['run', '-d', '--name', 'swaps', 'base:1', 'sh', '-c', swap]);
    const file = `${suite.wharf.folder}/wharfd.log`;
    for (let round = 0; round < 15; round++) {
      await Promise.all([
        docker(['cp', file, 'swaps:/d/copied']),
        docker(['cp', file, 'swaps:/d']),
        docker(['cp', 'swaps:/d/secret', '-']).then(({ stdout }) =>
          assert.doesNotMatch(stdout, /host’s own/),
        ),
        docker(['cp', 'swaps:/d', '-']).then(({ stdout }) => assert.doesNotMatch(stdout, /host’s own/)),
      ]);
    }
    await ok('rm -f swaps');
    assertUntouched(out);
  });

  test('working directories do not lead through descriptors', async () => {
    await ok('run -d --name stays base:1 sleep 99');
    for (let fd = 0; fd < 12; fd++) {
      for (const command of [['exec'], ['run', '--rm']]) {
        const target = command[0] === 'exec' ? 'stays' : 'base:1';
        const climb = await docker([
          ...command,
          '-w',
          `/proc/self/fd/${fd}`,
          target,
          'cat',
          'secret',
          '../../../etc/debian_version',
        ]);
        assert.doesNotMatch(climb.stdout, /^\d|host’s own/);
      }
    }
    await ok('rm -f stays');
  });

  test('the kernel’s doors are closed', async () => {
    const doors = await shell(
      [
        'echo x > /proc/1/exe',
        'echo 1 > /proc/sys/kernel/panic',
        'echo x > /proc/sysrq-trigger',
        'cat /proc/kcore | wc -c',
        'cat /proc/keys | wc -c',
        'ls /sys/firmware | wc -l',
        'mkdir /sys/fs/cgroup/memory/x /sys/fs/cgroup/x',
        'mknod /tmp/disk b 8 0; head -c1 /tmp/disk',
        'mknod /tmp/kvm c 10 232; head -c1 /tmp/kvm',
        'mount -t tmpfs none /tmp',
        'umount /proc/kcore',
        'unshare -m true',
        'unshare -U true',
        'nsenter -t 1 -m true',
        'reboot -f',
      ]
        .map((line) => `(${line}) 2>&1`)
        .join('; '),
    );
    const lines = doors.stdout.trim().split('\n');
    const open = lines.filter(
      (line) =>
        !/^0$|Read-only|not permitted|permission denied|nonexistent|No such|Text file busy/.test(line),
    );
    assert.deepEqual(open, [], doors.stdout);
    assert.ok(lines.length >= 15, doors.stdout);
  });
});
