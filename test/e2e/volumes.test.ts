import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('volumes and binds', () => {
  const seeded = {
    ...busyboxImage('seeded:1', { Volumes: { '/seed': {} } }),
    layers: [
      busyboxLayer([
        { path: 'seed/', type: 'directory', mode: 0o750, uid: 1000, gid: 1000 },
        { path: 'seed/grain', content: 'wheat\n' },
      ]),
    ],
  };
  const suite = useWharf([busyboxImage('base:1'), seeded]);
  const { docker, ok } = suite;
  const shell = (script: string, ...flags: string[]) =>
    ok(['run', '--rm', ...flags, 'base:1', 'sh', '-c', script]);

  test('H01 H08 containers share a volume, which outlives them; :ro is enforced', async () => {
    await shell('echo kept > /d/x', '-v', 'shared:/d');
    assert.equal(await shell('cat /d/x', '-v', 'shared:/d'), 'kept');
    const refused = await docker(['run', '--rm', '-v', 'shared:/d:ro', 'base:1', 'touch', '/d/x']);
    assert.match(refused.stderr, /Read-only file system/);
    await ok('volume rm shared');
  });

  test('H01 F10 what one container writes the others and the host see at once; an image of it has nothing of it', async () => {
    await ok('run -d --name writer -v live:/d base:1 sleep 1000');
    await ok('run -d --name reader -v live:/e base:1 sleep 1000');
    await ok(['exec', 'writer', 'sh', '-c', 'echo 1 > /d/x']);
    assert.equal(await ok('exec reader cat /e/x'), '1');
    const onHost = await ok(['volume', 'inspect', '-f', '{{.Mountpoint}}', 'live']);
    assert.equal(readFileSync(`${onHost}/x`, 'utf8'), '1\n');
    writeFileSync(`${onHost}/x`, '2\n');
    assert.equal(await ok('exec writer cat /d/x'), '2');
    await ok('commit writer written:1');
    assert.equal(await ok('run --rm written:1 ls /d'), '');
    await ok('rm -f writer reader');
    assert.equal(readFileSync(`${onHost}/x`, 'utf8'), '2\n');
    await ok('volume rm live');
  });

  test('H03 H04 volumes are created, listed, inspected and removed; not while in use', async () => {
    assert.equal(await ok('volume create v1'), 'v1');
    assert.equal(
      await ok(['volume', 'inspect', '-f', '{{.Mountpoint}}', 'v1']),
      `${suite.wharf.dataRoot}/volumes/v1/_data`,
    );
    assert.match(await ok('volume ls'), /^local\s+v1$/m);
    const id = await ok('create -v v1:/d base:1');
    assert.match((await docker('volume rm v1')).stderr, new RegExp(`volume is in use - \\[${id}\\]`));
    await ok(['rm', id]);
    assert.equal(await ok('volume rm v1'), 'v1');
    assert.match((await docker('volume inspect v1')).stderr, /get v1: no such volume/);
  });

  test('H05 a new named volume gets what the image has there, owner and mode too', async () => {
    assert.equal(await ok(['run', '--rm', '-v', 'fresh:/seed', 'seeded:1', 'cat', '/seed/grain']), 'wheat');
    assert.equal(
      await ok(['run', '--rm', '-v', 'fresh:/seed', 'seeded:1', 'stat', '-c', '%a %u', '/seed']),
      '750 1000',
    );
    await ok('volume rm fresh');
  });

  test('H05 containers that begin at once with one new volume see all that the image has', async () => {
    const names = ['one', 'two', 'three', 'four'];
    await Promise.all(
      names.map((name) =>
        ok([
          'run',
          '-d',
          '--name',
          name,
          '-v',
          'at-once:/seed',
          'seeded:1',
          'sh',
          '-c',
          'cat /seed/grain; echo mine >> /seed/grain',
        ]),
      ),
    );
    await Promise.all(names.map((name) => ok(`wait ${name}`)));
    for (const name of names) assert.match(await ok(`logs ${name}`), /^wheat/);
    assert.equal(
      await shell('cat /d/grain', '-v', 'at-once:/d'),
      ['wheat', ...names.map(() => 'mine')].join('\n'),
    );
    await ok(['rm', ...names]);
    await ok('volume rm at-once');
  });

  test('H06 anonymous volumes have a long name and go with --rm', async () => {
    await ok('run --name anon seeded:1 true');
    const name = await ok(['inspect', '-f', '{{(index .Mounts 0).Name}}', 'anon']);
    assert.match(name, /^[0-9a-f]{64}$/);
    await ok('rm -v anon');
    assert.equal(await ok('volume ls -q'), '');
    await ok('run --rm -v /data base:1 true');
    assert.equal(await ok('volume ls -q'), '');
  });

  test('H07 a bind shows the host’s folder at once; -v makes a missing one, --mount does not', async () => {
    const folder = mkdtempSync('/var/tmp/wharf-test-bind-');
    writeFileSync(`${folder}/in`, 'from the host');
    assert.equal(await shell('cat /b/in; echo back > /b/out', '-v', `${folder}:/b`), 'from the host');
    assert.equal(readFileSync(`${folder}/out`, 'utf8'), 'back\n');
    await shell('touch /b/made', '-v', `${folder}/new:/b`);
    readFileSync(`${folder}/new/made`);
    const refused = await docker([
      'run',
      '--rm',
      '--mount',
      `type=bind,source=${folder}/no,target=/b`,
      'base:1',
      'true',
    ]);
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /bind source path does not exist/);
    rmSync(folder, { recursive: true });
  });

  test('H05 -v of a file, of a relative path and twice the same target', async () => {
    const folder = mkdtempSync('/var/tmp/wharf-test-file-');
    writeFileSync(`${folder}/conf`, 'x=1');
    assert.equal(await shell('cat /etc/conf', '-v', `${folder}/conf:/etc/conf:ro`), 'x=1');
    const twice = await docker(['run', '--rm', '-v', `${folder}:/x`, '-v', '/tmp:/x', 'base:1', 'true']);
    assert.match(twice.stderr, /Duplicate mount point: \/x/);
    rmSync(folder, { recursive: true });
  });
});
