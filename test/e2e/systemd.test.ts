import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { dockerProgram, eventually, type RunOptions, repository, runProgram } from '../testing/programs.ts';

/** These tests install the engine and drive the first process: only machines of `npm run test:vm` are for that. */
const skip = process.env.WHARF_TEST_SYSTEMD === undefined;

const must = async (program: string, args: readonly string[], options: RunOptions = {}): Promise<string> => {
  const output = await runProgram(program, args, { timeoutMs: 120_000, ...options });
  assert.equal(output.code, 0, `${program} ${args.join(' ')}: ${output.stderr}`);
  return output.stdout.trim();
};
const docker = (args: string, options?: RunOptions) => must(dockerProgram, args.split(' '), options);
const systemctl = (...args: string[]) => must('systemctl', args);
const show = async (property: string) => (await systemctl('show', '--value', '-p', property, 'wharf')).trim();

describe('wharf as a service of systemd', { skip }, () => {
  before(() => must('sh', [`${repository}packaging/install.sh`]));
  after(() => must('sh', [`${repository}packaging/uninstall.sh`, '--purge']));

  test('B05 the first client starts the daemon through its socket', async () => {
    await systemctl('start', 'wharf.socket');
    assert.equal(await show('ActiveState'), 'inactive');
    assert.equal(await docker('ps -q'), '');
    assert.deepEqual([await show('ActiveState'), await show('StatusText')], ['active', 'Serving']);
  });

  test('B05 A10 a restart leaves containers alone', async () => {
    await docker('load -q', { input: dockerArchive(busyboxImage('base:1')) });
    await docker('run -d --name ship -p 8099:80 base:1 httpd -f -p 80 -h /www');
    const pid = await docker('inspect -f {{.State.Pid}} ship');
    const daemon = await show('MainPID');
    await systemctl('restart', 'wharf');
    assert.notEqual(await show('MainPID'), daemon);
    assert.equal(await docker('inspect -f {{.State.Pid}} ship'), pid);
    assert.match(await must('curl', ['-s', 'http://127.0.0.1:8099/']), /Hello/);
  });

  test('B05 a reload takes over the file', async () => {
    writeFileSync('/etc/wharf/daemon.json', '{"labels": ["stage=two"]}');
    await systemctl('reload', 'wharf');
    await eventually('the label', async () => (await docker('info -f {{.Labels}}')) === '[stage=two]');
  });

  test('B05 a daemon that dies is started again, and knows its containers', async () => {
    const daemon = await show('MainPID');
    process.kill(Number(daemon), 'SIGKILL');
    await eventually('another daemon', async () => !['0', daemon].includes(await show('MainPID')), 60_000);
    assert.equal(await docker('inspect -f {{.State.Status}} ship'), 'running');
  });

  test('B06 options of /etc/default/wharf hold, and the log is in the journal', async () => {
    writeFileSync('/etc/default/wharf', 'WHARF_OPTS="--debug"\n');
    await systemctl('restart', 'wharf');
    assert.equal(await docker('info -f {{.Debug}}'), 'true');
    assert.match(
      await must('journalctl', ['-u', 'wharf', '--no-pager']),
      /Daemon has completed initialization/,
    );
  });

  test('B09 what is purged leaves nothing', async () => {
    await must('sh', [`${repository}packaging/uninstall.sh`, '--purge']);
    for (const path of [
      '/var/lib/wharf',
      '/run/wharf',
      '/etc/wharf',
      '/sys/class/net/docker0',
      '/sys/fs/cgroup/wharf',
    ])
      assert.ok(!existsSync(path), path);
    assert.doesNotMatch(readFileSync('/proc/mounts', 'utf8'), /wharf\/l|\/var\/lib\/wharf/);
    assert.doesNotMatch(await must('nft', ['list', 'tables']), /docker0/);
  });
});
