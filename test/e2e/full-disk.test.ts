import assert from 'node:assert/strict';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { eventually, runProgram } from '../testing/programs.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

describe('a data root on a disk that is full', () => {
  let folder = '';
  let wharf: TestWharf;
  const disk = () => `${folder}/disk`;
  const freeBytes = async () => {
    const { bavail, bsize } = await statfs(disk());
    return bavail * bsize;
  };
  before(async () => {
    folder = await mkdtemp('/var/tmp/wharf-test-disk-');
    const script = 'mkdir disk; truncate -s 200M image; mkfs.ext4 -q -m 0 image; mount -o loop image disk';
    const made = await runProgram('sh', ['-ec', `cd ${folder}; ${script}`]);
    assert.equal(made.code, 0, made.stderr);
    wharf = await startWharf({ args: ['--data-root', `${disk()}/data`] });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(busyboxImage('base:1')) });
  });
  after(async () => {
    await wharf?.[Symbol.asyncDispose]();
    await runProgram('umount', [disk()]);
    await rm(folder, { recursive: true });
  });

  async function fill(): Promise<void> {
    const script = 'while :; do base64 /bin/busybox; done';
    await wharf.dockerOk([
      'run',
      '-d',
      '--log-opt',
      'max-size=-1',
      '--name',
      'loud',
      'base:1',
      'sh',
      '-c',
      script,
    ]);
    await wharf.dockerOk(['run', '-d', '--name', 'other', 'base:1', 'sleep', '999']);
    const leaver = 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done';
    await wharf.dockerOk(['run', '-d', '--name', 'leaver', 'base:1', 'sh', '-c', leaver]);
    await eventually('it is ready', async () => (await wharf.dockerOk(['logs', 'leaver'])) === 'ready');
    await wharf.dockerOk(['run', '-d', '--name', 'late', 'base:1', 'sleep', '999']);
    await eventually('the log has filled the disk', async () => (await freeBytes()) === 0, 30_000);
  }

  test('is told clearly, and what frees room works, also after a crash and a restart', async () => {
    await fill();
    for (const command of ['run --rm base:1 true', 'volume create more-']) {
      // The file system may still find a block that it had set aside.
      let tries = 0;
      const refused = await eventually(`${command} is refused`, async () => {
        const args = command.replace(/-$/, `-${tries++}`).split(' ');
        const output = await wharf.docker(args);
        return output.code !== 0 && output;
      });
      assert.match(refused.stderr, /no space left on device/);
      assert.doesNotMatch(refused.stderr, /ENOSPC/);
    }
    const load = await wharf.docker(['load'], {
      input: dockerArchive(busyboxImage('more:1', { User: 'x' })),
    });
    assert.equal(load.code, 1);
    assert.match(load.stderr, /no space left on device$/m);
    assert.equal(await wharf.dockerOk(['exec', 'other', 'echo', 'still here']), 'still here');
    await wharf.dockerOk(['stop', 'leaver']);
    const late = Number(await wharf.dockerOk(['inspect', '-f', '{{.State.Pid}}', 'late']));

    await wharf.stop('SIGKILL');
    process.kill(late, 'SIGKILL');
    await wharf.start();
    const state = (name: string) =>
      wharf.dockerOk(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', name]);
    assert.equal(await state('leaver'), 'exited 7');
    assert.equal(await state('late'), 'exited 137');
    await wharf.stop();
    await wharf.start();
    await wharf.dockerOk(['kill', 'other']);
    await wharf.dockerOk(['rm', '-f', 'loud']);
    await wharf.dockerOk(['start', 'leaver']);
    await wharf.dockerOk(['stop', 'leaver']);
    assert.ok((await freeBytes()) > 100 << 20);
    assert.equal(await wharf.dockerOk(['run', '--rm', 'base:1', 'echo', 'again']), 'again');
    assert.match(
      await wharf.dockerOk(['ps', '-a', '--format', '{{.Names}} {{.Status}}']),
      /^late Exited \(137\) .*\nleaver Exited \(7\) .*\nother Exited \(137\)/,
    );
  });
});
