import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { getXattr, setXattr } from '#linux';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const folder = mkdtempSync('/var/tmp/wharf-test-mounts-');

describe('mounts', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  after(() => rmSync(folder, { recursive: true }));

  const shell = (script: string, ...flags: string[]) =>
    ok(['run', '--rm', ...flags, 'base:1', 'sh', '-c', script]);
  const failure = async (...args: string[]) => {
    const { code, stderr } = await docker(['run', '--rm', ...args]);
    assert.notEqual(code, 0);
    return stderr;
  };

  test('F11 H02 --volumes-from takes over what another container has, also when that never ran or is gone', async () => {
    mkdirSync(`${folder}/bound`);
    await ok([
      'create',
      '-v',
      '/data',
      '-v',
      'named:/n',
      '-v',
      `${folder}/bound:/b`,
      '--name',
      'dv',
      'base:1',
    ]);
    await ok([
      'run',
      '--rm',
      '--volumes-from',
      'dv',
      'base:1',
      'sh',
      '-c',
      'echo 1 > /data/x; echo 2 > /n/x; echo 3 > /b/x',
    ]);
    assert.equal(await shell('cat /data/x /n/x /b/x', '--volumes-from', 'dv'), '1\n2\n3');
    assert.match(
      await failure('--volumes-from', 'dv:ro', 'base:1', 'touch', '/data/y'),
      /Read-only file system/,
    );
    assert.equal(await shell('echo 4 > /data/x; cat /data/x', '--volumes-from', 'dv:rw'), '4');
    await shell('touch /data/z', '--volumes-from', 'dv:z');
    await ok('create --name heir --volumes-from dv base:1 cat /data/x');
    await ok('rm dv');
    assert.equal(await ok('start -a heir'), '4');
    const anonymous = await ok('volume ls -q --filter dangling=false');
    assert.match(anonymous, /^[0-9a-f]{64}\nnamed$/);
    await ok('rm -v heir');
    assert.equal(await ok('volume ls -q'), 'named');
    await ok('volume rm named');
    assert.match(await failure('--volumes-from', 'nobody', 'base:1', 'true'), /No such container: nobody/);
    assert.match(await failure('--volumes-from', 'x:rx', 'base:1', 'true'), /invalid mode: rx/);
  });

  test('H10 a volume is no part of the container’s own file system', async () => {
    const [root, data] = (await shell('stat -f -c %T / /d; df /d | tail -1', '-v', 'plain:/d')).split('\n');
    assert.notEqual(data, root);
    await ok('volume rm plain');
  });

  test('H12 a slash at the end of a path changes nothing; what is uploaded outlives the container', async () => {
    const bind = `${folder}/webapps/:/srv/webapps/qfnj/`;
    await ok(['run', '-d', '--name', 'web', '-v', bind, 'base:1', 'sleep', '1000']);
    await ok(['exec', 'web', 'sh', '-c', 'echo picture > /srv/webapps/qfnj/upload']);
    await ok('rm -f web');
    assert.equal(readFileSync(`${folder}/webapps/upload`, 'utf8'), 'picture\n');
    assert.equal(await shell('cat /srv/webapps/qfnj/upload', '-v', bind), 'picture');
  });

  test('tmpfs by both flags, with size, mode and options; /dev/shm as large as asked', async () => {
    const flags = [
      '--tmpfs',
      '/a:size=1m,mode=1770,uid=1000',
      '--mount',
      'type=tmpfs,dst=/b,tmpfs-size=2m,tmpfs-mode=700',
      '--shm-size',
      '3m',
    ];
    const sizes = await shell('df -k /a /b /dev/shm | awk "NR>1{print \\$2}"; stat -c %a:%u /a /b', ...flags);
    assert.equal(sizes, '1024\n2048\n3072\n1770:1000\n700:0');
    assert.match(await shell('grep " /a " /proc/mounts', '--tmpfs', '/a'), /nosuid,nodev,noexec/);
    assert.doesNotMatch(await shell('grep " /a " /proc/mounts', '--tmpfs', '/a:exec'), /noexec/);
    assert.match(await failure('--tmpfs', '/a:color=red', 'base:1', 'true'), /invalid tmpfs option "color"/);
    const root = await shell(
      'touch /x; touch /a/x && echo tmpfs; touch /v/x && echo volume',
      '--read-only',
      '--tmpfs',
      '/a',
      '-v',
      '/v',
    );
    assert.equal(root, 'tmpfs\nvolume');
  });

  test('what an image has at a volume’s place is copied once, as it is, unless nocopy says so', async () => {
    const script =
      'mkdir -p /seed/d; cd /seed; echo one > a; ln a b; ln -s a c; chown 1000:1000 a; chmod 2750 d; touch -d "2020-01-02 03:04:05" a';
    await ok('run -d --name seeder base:1 sleep 1000');
    await ok(['exec', 'seeder', 'sh', '-c', script]);
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', 'seeder']);
    setXattr(`/proc/${pid}/root/seed/a`, 'user.note', Buffer.from('fragile'));
    await ok('commit seeder seeded:2');
    const look = 'cd /seed; stat -c "%h %u %a %Y" a; [ a -ef b ] && readlink c; stat -c %a d';
    const seen = await ok(['run', '--rm', 'seeded:2', 'sh', '-c', look]);
    assert.equal(await ok(['run', '--rm', '-v', 'copied:/seed', 'seeded:2', 'sh', '-c', look]), seen);
    const copy = `${suite.wharf.dataRoot}/volumes/copied/_data/a`;
    assert.equal(Buffer.from(getXattr(copy, 'user.note') ?? []).toString(), 'fragile');
    await ok(['run', '--rm', '-v', 'copied:/seed', 'seeded:2', 'rm', '/seed/a']);
    assert.equal(await ok(['run', '--rm', '-v', 'copied:/seed', 'seeded:2', 'ls', '/seed']), 'b\nc\nd');
    assert.equal(await ok(['run', '--rm', '-v', 'bare:/seed:nocopy', 'seeded:2', 'ls', '/seed']), '');
    const bare = 'type=volume,src=bare,dst=/seed,volume-nocopy';
    assert.equal(await ok(['run', '--rm', '--mount', bare, 'seeded:2', 'ls', '/seed']), '');
    await ok('rm -f seeder');
    await ok('volume rm copied bare');
  });

  test('--storage-opt size is the most that a container writes over its image', async () => {
    const places = () =>
      readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .filter((line) => line.includes(`${suite.wharf.dataRoot}/snapshots/`));
    const script =
      'echo kept > /kept; dd if=/dev/zero of=/big bs=1M count=20 2>&1 | grep -c "No space left"; rm /big; sleep 1000';
    await ok(['run', '-d', '--name', 'narrow', '--storage-opt', 'size=8m', 'base:1', 'sh', '-c', script]);
    await eventually('the disk is full', async () => (await ok('logs narrow')) === '1');
    assert.equal(places().length, 1);
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    assert.equal(await ok('exec narrow cat /kept'), 'kept');
    await ok('stop -t 0 narrow');
    assert.match(await ok('diff narrow'), /^A \/kept$/m);
    await ok('commit narrow narrow:1');
    assert.equal(await ok('run --rm narrow:1 cat /kept'), 'kept');
    await ok('rm narrow');
    assert.deepEqual(places(), []);
    assert.match(await failure('--storage-opt', 'size=big', 'base:1', 'true'), /invalid size: 'big'/);
    assert.match(await failure('--storage-opt', 'color=1', 'base:1', 'true'), /Unknown option color/);
  });

  test('a device by its node, and a rule for devices that may come', async () => {
    const made = ['--cap-add', 'MKNOD'];
    assert.equal(
      await shell(
        'head -c 4 /dev/nothing | wc -c; stat -c %t:%T /dev/nothing',
        '--device',
        '/dev/zero:/dev/nothing:r',
      ),
      '4\n1:5',
    );
    const read = 'mknod /k c 10 237; (: < /k) 2>&1 | grep -c "not permitted"; true';
    assert.equal(await shell(read, ...made), '1');
    assert.equal(await shell(read, ...made, '--device-cgroup-rule', 'c 10:237 rwm'), '0');
    assert.match(
      await failure('--device-cgroup-rule', 'c 1:x q', 'base:1', 'true'),
      /invalid device cgroup format|invalid device cgroup rule/,
    );
    assert.match(
      await failure('--device', '/dev/nosuch', 'base:1', 'true'),
      /error gathering device information while adding custom device "\/dev\/nosuch"/,
    );
  });
});
