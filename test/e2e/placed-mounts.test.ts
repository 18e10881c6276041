import assert from 'node:assert/strict';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { mount, mountFlag, setMountAttributes, unmount } from '#linux';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

const folder = mkdtempSync('/var/tmp/wharf-test-placed-');

describe('mounts that the daemon makes', () => {
  const tools = {
    ...busyboxImage('tools:1'),
    layers: [
      busyboxLayer([
        { path: 'opt/', type: 'directory' },
        { path: 'opt/kit/', type: 'directory' },
        { path: 'opt/kit/hammer', content: 'bang\n' },
        { path: 'opt/out', type: 'symlink', target: '/etc' },
      ]),
    ],
  };
  const suite = useWharf([busyboxImage('base:1'), tools]);
  const { docker, ok } = suite;
  after(() => rmSync(folder, { recursive: true }));

  const shell = (script: string, ...flags: string[]) =>
    ok(['run', '--rm', ...flags, 'base:1', 'sh', '-c', script]);
  const failure = async (...args: string[]) => {
    const { code, stderr } = await docker(['run', '--rm', ...args]);
    assert.notEqual(code, 0);
    return stderr;
  };

  test('an image is mounted for reading, whole or in part; its layers stay while it is', async () => {
    const whole = ['--mount', 'type=image,src=tools:1,dst=/t'];
    assert.equal(await shell('cat /t/opt/kit/hammer', ...whole), 'bang');
    assert.match(await failure(...whole, 'base:1', 'touch', '/t/x'), /Read-only file system/);
    const part = 'type=image,src=tools:1,dst=/t,image-subpath=opt/kit';
    assert.equal(await shell('ls /t', '--mount', part), 'hammer');
    const link = 'type=image,src=tools:1,dst=/t,image-subpath=opt/out';
    assert.match(await failure('--mount', link, 'base:1', 'true'), /leads out of image tools:1/);
    const none = [
      '--pull',
      'never',
      '--mount',
      'type=image,src=tools:1,dst=/t,image-subpath=no',
      'base:1',
      'true',
    ];
    assert.match(await failure(...none), /cannot access path no of image tools:1: no such file or directory/);
    await ok(['create', '--name', 'holder', ...whole, 'base:1', 'cat', '/t/opt/kit/hammer']);
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    await ok('rmi -f tools:1');
    assert.equal(await ok('start -a holder'), 'bang');
    assert.equal(
      await ok(['inspect', '-f', '{{(index .Mounts 0).Type}} {{(index .Mounts 0).Name}}', 'holder']),
      'image tools:1',
    );
    await ok('rm holder');
  });

  test('idmap shows the host’s owner as the container’s user, and the other way round', async () => {
    const home = `${folder}/home`;
    mkdirSync(home);
    chownSync(home, 4321, 4322);
    writeFileSync(`${home}/theirs`, '');
    chownSync(`${home}/theirs`, 4321, 4322);
    assert.equal(
      await shell('touch /h/mine; stat -c %u:%g /h/theirs /h/mine', '-v', `${home}:/h:idmap`),
      '0:0\n0:0',
    );
    assert.deepEqual([statSync(`${home}/mine`).uid, statSync(`${home}/mine`).gid], [4321, 4322]);
    const asAda = await shell('touch /h/ada; stat -c %u /h/theirs', '-u', 'ada', '-v', `${home}:/h:idmap`);
    assert.equal(asAda, '1000');
    assert.equal(statSync(`${home}/ada`).uid, 4321);
    const ranges = await shell(
      'stat -c %u:%g /h/theirs',
      '-v',
      `${home}:/h:ro,idmap=uids=4321-7-1;gids=4322-8-1`,
    );
    assert.equal(ranges, '7:8');
    assert.match(
      await failure('-v', `${home}:/h:idmap=uids=1`, 'base:1', 'true'),
      /invalid mode: idmap=uids=1/,
    );
    assert.match(await failure('-v', '/proc/sys:/h:idmap', 'base:1', 'true'), /cannot show other owners/);
  });

  test('a subpath of a volume is what was there at the start; it cannot lead out', async () => {
    await shell(
      'mkdir -p /v/in/side; echo cargo > /v/in/side/x; ln -s /etc /v/out; echo f > /v/file',
      '-v',
      'parts:/v',
    );
    const part = (path: string) => ['--mount', `type=volume,src=parts,dst=/p,volume-subpath=${path}`];
    assert.equal(await shell('cat /p/x', ...part('in/side')), 'cargo');
    assert.equal(await shell('cat /p', ...part('file')), 'f');
    assert.match(await failure(...part('out'), 'base:1', 'true'), /subpath "out" leads out of volume parts/);
    assert.match(
      await failure(...part('../x'), 'base:1', 'true'),
      /subpath must be a relative path within the volume/,
    );
    assert.match(
      await failure('--pull', 'never', ...part('no'), 'base:1', 'true'),
      /cannot access path .*no: no such file or directory/,
    );
    await ok('volume rm parts');
  });

  test('read-only is so for what is mounted below, unless writable is asked for', async () => {
    mkdirSync(`${folder}/top/below`, { recursive: true });
    mount({ source: 'tmpfs', target: `${folder}/top/below`, type: 'tmpfs' });
    try {
      const bind = `type=bind,src=${folder}/top,dst=/t`;
      const attempt = (...words: string[]) =>
        docker(['run', '--rm', '--mount', [bind, ...words].join(','), 'base:1', 'touch', '/t/below/x']);
      assert.match((await attempt('readonly')).stderr, /Read-only file system/);
      assert.match(
        (await attempt('readonly', 'bind-recursive=readonly', 'bind-propagation=rprivate')).stderr,
        /Read-only/,
      );
      assert.match(
        (await docker(['run', '--rm', '-v', `${folder}/top:/t:ro`, 'base:1', 'touch', '/t/below/x'])).stderr,
        /Read-only/,
      );
      assert.equal((await attempt('readonly', 'bind-recursive=writable')).code, 0);
      assert.equal(await shell('ls /t/below', '--mount', `${bind},bind-recursive=disabled`), '');
      setMountAttributes(`${folder}/top/below`, { set: 1 });
      assert.match((await attempt()).stderr, /Read-only file system/);
    } finally {
      unmount(`${folder}/top/below`);
    }
  });

  test('mounts are shared with the host where both sides want it', async () => {
    const shared = `${folder}/shared`;
    mkdirSync(`${shared}/in`, { recursive: true });
    mount({ source: shared, target: shared, type: '', flags: mountFlag.bind });
    try {
      setMountAttributes(shared, { propagation: mountFlag.private });
      const bind = (propagation: string) => `type=bind,src=${shared},dst=/s,bind-propagation=${propagation}`;
      const notShared = new RegExp(`path ${shared} is mounted on ${shared} but it is not a shared mount`);
      assert.match(await failure('--mount', bind('rshared'), 'base:1', 'true'), notShared);
      setMountAttributes(shared, { propagation: mountFlag.shared });
      await shell('mount -t tmpfs tmpfs /s/in', '--cap-add', 'SYS_ADMIN', '--mount', bind('rshared'));
      assert.match(readFileSync('/proc/self/mountinfo', 'utf8'), new RegExp(` ${shared}/in `));
      unmount(`${shared}/in`);
      await shell('mount -t tmpfs tmpfs /s/in', '--cap-add', 'SYS_ADMIN', '--mount', bind('rslave'));
      assert.doesNotMatch(readFileSync('/proc/self/mountinfo', 'utf8'), new RegExp(` ${shared}/in `));
    } finally {
      unmount(shared);
    }
  });

  test('a subpath holds against a container that turns it elsewhere all the time', async () => {
    await shell('mkdir /v/part; echo cargo > /v/part/x', '-v', 'turned:/v');
    const turn = 'cd /v; while :; do mv part was; ln -s /etc part; rm part; mv was part; done';
    await ok(['run', '-d', '--name', 'turner', '-v', 'turned:/v', 'base:1', 'sh', '-c', turn]);
    const part = ['--mount', 'type=volume,src=turned,dst=/p,volume-subpath=part'];
    for (let round = 0; round < 8; round++) {
      const { stdout } = await docker(['run', '--rm', '--pull', 'never', ...part, 'base:1', 'ls', '/p']);
      assert.ok(['x\n', ''].includes(stdout), stdout);
    }
    await ok('rm -f turner');
    await ok('volume rm turned');
  });
});
