import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerProgram, eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const counter = (count: number) => `seq ${count} | sed 's/$/ ${'.'.repeat(100)}/'`;
const numbersIn = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => Number.parseInt(line, 10));

describe('logs through the stock client', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const sh = (name: string, script: string, ...flags: string[]) =>
    ok(['run', '--name', name, ...flags, 'base:1', 'sh', '-c', script]);
  const folderOf = async (name: string) =>
    join(suite.wharf.dataRoot, 'containers', await ok(['inspect', '-f', '{{.Id}}', name]));
  const logOf = async (name: string) => {
    const folder = await folderOf(name);
    return join(folder, readdirSync(folder).find((file) => file.endsWith('-json.log')) ?? '');
  };
  const bytesRead = () =>
    Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${suite.wharf.pid}/io`, 'utf8'))?.[1]);
  const follow = (...args: string[]) => {
    const child = spawn(dockerProgram, ['logs', '-f', ...args], {
      env: { ...process.env, DOCKER_HOST: suite.wharf.host },
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    return { child, text: () => text, ended: once(child, 'close').then(() => text) };
  };

  test('E06 K01 both outputs, over restarts', async () => {
    await sh('first', 'echo hello test; echo oh >&2');
    assert.equal(await ok('start first'), 'first');
    await ok('wait first');
    const output = await docker('logs first');
    assert.deepEqual([output.stdout, output.stderr], ['hello test\n'.repeat(2), 'oh\n'.repeat(2)]);
    assert.equal(
      (await docker(['logs', (await ok('inspect -f {{.Id}} first')).slice(0, 6)])).stdout,
      output.stdout,
    );
  });

  test('E07 E08 K04 a detached container writes to its log only', async () => {
    assert.match(
      await sh('detached', 'while true; do echo hello docker; sleep 0.1; done', '-d'),
      /^[0-9a-f]{64}$/,
    );
    await eventually('lines', async () =>
      (await ok('logs detached')).startsWith('hello docker\nhello docker\n'),
    );
    await ok('rm -f detached');
  });

  test('what a container says at once is not older than its start', async () => {
    for (const name of ['quick-1', 'quick-2', 'quick-3']) {
      await ok(['run', '--name', name, 'base:1', 'echo', 'said']);
      const started = await ok(['inspect', '-f', '{{.State.StartedAt}}', name]);
      assert.equal(await ok(['logs', '--since', started, name]), 'said');
    }
    await ok('rm quick-1 quick-2 quick-3');
  });

  test('K02 tail, times and details', async () => {
    const options = ['--label', 'a=ü', '-e', 'B=c d', '--log-opt', 'labels=a', '--log-opt', 'env=B'];
    await sh('timed', 'for i in 1 2 3 4; do echo $i; done; sleep 1.1; echo five; printf six', ...options);
    assert.equal(await ok('logs -n 2 timed'), 'five\nsix');
    assert.equal(await ok('logs --tail 0 timed'), '');
    assert.equal(await ok('logs --tail all timed'), '1\n2\n3\n4\nfive\nsix');
    const timed = (await ok('logs -t timed')).split('\n');
    assert.ok(timed.every((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \S+$/.test(line)));
    const [fourth = '', fifth = ''] = timed.slice(3).map((line) => line.slice(0, 30));
    assert.equal(await ok(['logs', '--since', fifth, 'timed']), 'five\nsix');
    assert.equal(await ok(['logs', '--until', fourth, '--tail', '3', 'timed']), '4');
    assert.equal(await ok('logs -f --since=2018-12-01 --tail=1 timed'), 'six');
    assert.equal(await ok('logs --details -n 2 timed'), 'B=c+d,a=%C3%BC five\nB=c+d,a=%C3%BC six');
    assert.equal(JSON.parse(readFileSync(await logOf('timed'), 'utf8').split('\n')[0] ?? '').attrs.a, 'ü');
  });

  test('K03 Ctrl-C ends following, and the container goes on', async () => {
    await sh('caught', 'echo begun; sleep 60', '-d');
    const following = follow('caught');
    await eventually('the first line', () => following.text() === 'begun\n');
    following.child.kill('SIGINT');
    await following.ended;
    assert.equal(await ok(['inspect', '-f', '{{.State.Running}}', 'caught']), 'true');
    await ok('rm -f caught');
  });

  test('many follow at once; each gets every line, over rotations', async () => {
    const count = 20_000;
    const rotating = ['--log-opt', 'max-size=1m', '--log-opt', 'max-file=9'];
    await sh('many', `read x; ${counter(count)}`, '-di', ...rotating);
    const followers = upTo(8).map(() => follow('many'));
    followers[0]?.child.kill('SIGKILL');
    await docker(['attach', 'many'], { input: 'go\n', timeoutMs: 60_000 });
    for (const { ended } of followers.slice(1)) assert.deepEqual(numbersIn(await ended), upTo(count));
    assert.deepEqual(numbersIn(`${await ok('logs many')}\n`), upTo(count));
    const folder = await folderOf('many');
    await eventually('full files are packed', () =>
      readdirSync(folder).every((file) => !/log\.\d$/.test(file)),
    );
    const packed = readdirSync(folder).filter((file) => file.endsWith('.gz'));
    assert.ok(packed.length > 0, readdirSync(folder).join());
    assert.deepEqual(numbersIn(`${await ok('logs many')}\n`), upTo(count));
    assert.deepEqual(numbersIn(`${await ok('logs -n 12345 many')}\n`), upTo(count).slice(-12345));
  });

  test('old lines go when there are more than the options allow', async () => {
    await sh('few', counter(20_000), '--log-opt', 'max-size=100k', '--log-opt', 'max-file=2');
    const kept = numbersIn(`${await ok('logs few')}\n`);
    assert.deepEqual(kept, upTo(20_000).slice(-kept.length));
    assert.ok(kept.length < 2000);
    assert.ok(readdirSync(await folderOf('few')).filter((file) => file.includes('log')).length <= 2);
  });

  test('a log is rotated without being told to', async () => {
    await ok(['create', '--name', 'default', 'base:1', 'true']);
    assert.deepEqual(JSON.parse(await ok(['inspect', '-f', '{{json .HostConfig.LogConfig}}', 'default'])), {
      Type: 'json-file',
      Config: {},
    });
    await sh('big', `yes ${'y'.repeat(999)} | head -c 21000000`);
    assert.ok(readdirSync(await folderOf('big')).some((file) => /log\.1/.test(file)));
    await ok('rm default big');
  });

  test('drivers local and none', async () => {
    await sh(
      'local',
      `${counter(5000)}; printf 'no end'; echo oh >&2`,
      '--log-driver',
      'local',
      '--log-opt',
      'max-size=200k',
    );
    const { stdout, stderr } = await docker('logs local');
    assert.deepEqual(
      [numbersIn(stdout).slice(-2), stdout.slice(-6), stderr],
      [[4999, 5000], 'no end', 'oh\n'],
    );
    assert.ok(numbersIn((await docker('logs --tail 3000 local')).stdout).length >= 2998);
    assert.equal(await ok(['inspect', '-f', '{{.LogPath}}', 'local']), '');
    await sh('none', 'echo unseen', '--log-driver', 'none');
    const refused = await docker('logs none');
    assert.equal(
      refused.stderr.trim(),
      'Error response from daemon: configured logging driver does not support reading',
    );
  });

  test('wishes 6 and 7: a line of 900 KB is whole, and a log can be cleared', async () => {
    const { wharf } = suite;
    await sh(
      'long',
      "head -c 921600 /dev/zero | tr '\\0' x; echo; sleep 60",
      '-d',
      '--log-opt',
      'max-size=500k',
    );
    await eventually('the line', async () => (await ok('logs long')).length === 921_600);
    assert.equal((await wharf.wharf(['logs', 'long'])).stdout, `${'x'.repeat(921_600)}\n`);
    const following = follow('--tail', '0', 'long');
    assert.deepEqual(await wharf.wharf(['logs', '--clear', 'long']), { code: 0, stdout: '', stderr: '' });
    assert.equal(await ok('logs long'), '');
    await ok(['exec', 'long', 'sh', '-c', 'echo after >/proc/1/fd/1']);
    await eventually('a line after it', () => following.text().endsWith('after\n'));
    await ok('kill long');
    assert.match(await following.ended, /^(x*\n)?after\n$/);
    await wharf.wharf(['logs', '--clear', 'long']);
    assert.equal(await ok('logs long'), '');
    const refused = await wharf.wharf(['logs', '--clear', 'none']);
    assert.match(refused.stderr, /configured logging driver does not support clearing/);
  });

  test('an end and a start are found without reading what is between', async () => {
    await ok(['create', '--name', 'huge', '--log-opt', 'max-size=-1', 'base:1', 'true']);
    const path = join(await folderOf('huge'), `${await ok('inspect -f {{.Id}} huge')}-json.log`);
    writeFileSync(path, '');
    const second = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
    for (const number of upTo(300)) {
      const entry = `${JSON.stringify({ log: `${number}\n`, stream: 'stdout', time: second(number) })}\n`;
      appendFileSync(path, entry.repeat(Math.ceil(1e6 / entry.length)));
    }
    const before = bytesRead();
    assert.equal(await ok('logs -n 3 huge'), '300\n300\n300');
    assert.match(await ok(['logs', '--since', second(290), '--until', second(290), 'huge']), /^(290\n)+290$/);
    assert.ok(bytesRead() - before < 16e6, `${bytesRead() - before} bytes were read`);
    await ok('rm huge');
    assert.ok(!existsSync(path));
  });

  test('following ends with the container, also when it is removed', async () => {
    await sh('gone', 'echo here; sleep 60', '-d');
    const following = follow('gone');
    await eventually('the line', () => following.text() === 'here\n');
    await ok('rm -f gone');
    assert.equal(await following.ended, 'here\n');
    const refused = await docker('logs gone');
    assert.match(refused.stderr, /No such container: gone/);
  });

  test('lines go on being written while there is no daemon', async () => {
    await sh(
      'on',
      'for i in $(seq 400); do echo $i a line of some length; sleep 0.005; done',
      '-d',
      '--log-opt',
      'max-size=20k',
      '--log-opt',
      'max-file=99',
    );
    await suite.wharf.stop('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await suite.wharf.start();
    assert.deepEqual(numbersIn(await follow('on').ended), upTo(400));
  });

  test('a damaged file is read as far as it can be', async () => {
    await sh('torn', 'echo one; echo two');
    const path = await logOf('torn');
    const [one = '', two = ''] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${one}\nrubbish\n${two.slice(0, 20)}${two}\n\0\0\0${two.slice(0, 9)}`);
    assert.equal(await ok('logs torn'), 'one\ntwo');
    await ok('start -a torn');
    assert.equal(await ok('logs torn'), 'one\ntwo\none\ntwo');
    rmSync(path);
    assert.equal(await ok('logs torn'), '');
  });
});
