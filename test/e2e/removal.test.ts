import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('the removal of a container', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;

  test('that fails leaves it dead, and is tried again by the next one', async () => {
    const id = await ok('create --name stuck base:1 true');
    const folder = `${suite.wharf.dataRoot}/containers/${id}/busy`;
    mkdirSync(folder);
    const inItsPlace = async (...command: string[]) => {
      const place = `--mount=/proc/${suite.wharf.pid}/ns/mnt`;
      const { code, stderr } = await runProgram('nsenter', [place, '--', ...command]);
      assert.equal(code, 0, stderr);
    };
    await inItsPlace('mount', '-t', 'tmpfs', 'tmpfs', folder);
    try {
      assert.match((await docker('rm stuck')).stderr, /EBUSY|busy/i);
      assert.equal(
        await ok(['ps', '-a', '--format', '{{.Names}} {{.State}} {{.Status}}']),
        'stuck dead Dead',
      );
      const { stderr } = await docker('start stuck');
      assert.match(stderr, /container is marked for removal and cannot be started/);
    } finally {
      await inItsPlace('umount', folder);
    }
    await ok('rm stuck');
    assert.equal((await docker('inspect stuck')).code, 1);
  });

  test('keeps its anonymous volumes unless it is told, or --rm did it', async () => {
    const volumes = async () => (await ok('volume ls -q')).split('\n').filter(Boolean);
    await ok('create --name kept -v /data base:1 true');
    await ok('rm kept');
    const [left] = await volumes();
    assert.match(left ?? '', /^[0-9a-f]{64}$/);
    await ok('create --name mine -v named:/data -v /more base:1 true');
    await ok('create --name sharer --volumes-from mine base:1 true');
    await ok('rm -v mine');
    assert.equal((await volumes()).length, 3);
    await ok('rm -v sharer');
    assert.deepEqual(await volumes(), [left, 'named'].sort());
    await ok('run --rm -v /data base:1 true');
    await eventually('its volume is gone', async () => (await volumes()).length === 2);
    await ok(['volume', 'rm', left ?? '', 'named']);
  });
});
