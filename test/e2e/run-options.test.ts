import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerProgram, eventually, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('options of run', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;

  test('E34 signals to the client reach the process; SIGCHLD does not', async () => {
    const script =
      'trap "echo usr1; exit 7" USR1; trap "echo chld" CHLD; echo ready; while :; do sleep 0.05; done';
    const args = ['run', '--name', 'proxied', 'base:1', 'sh', '-c', script];
    const client = spawn(dockerProgram, args, {
      env: { ...process.env, DOCKER_HOST: suite.wharf.host },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    client.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const ended = once(client, 'exit');
    await eventually('it is ready', () => output.includes('ready'));
    client.kill('SIGCHLD');
    client.kill('SIGUSR1');
    assert.deepEqual(await ended, [7, null]);
    assert.match(output, /usr1\n$/);
    const told = ['events', '--since', '1h', '--until', '0s', '-f', 'event=kill', '--format'];
    // The client asks for whole seconds only.
    const signals = await eventually('the signal is told', async () => {
      const text = await ok([...told, '{{.Actor.Attributes.signal}}']);
      return text === '' ? undefined : text;
    });
    assert.equal(signals, '10');
  });

  test('E35 -a picks the streams', async () => {
    const both = ['base:1', 'sh', '-c', 'echo out; echo err >&2'];
    const only = async (...streams: string[]) => {
      const { stdout, stderr } = await docker([
        'run',
        '--rm',
        ...streams.flatMap((name) => ['-a', name]),
        ...both,
      ]);
      return [stdout, stderr];
    };
    assert.deepEqual(await only('stdout'), ['out\n', '']);
    assert.deepEqual(await only('stderr'), ['', 'err\n']);
    assert.deepEqual(await only('stdout', 'stderr'), ['out\n', 'err\n']);
    const { stdout } = await docker('run --rm -i -a stdin -a stdout base:1 cat', { input: 'typed' });
    assert.equal(stdout, 'typed');
  });

  test('F13 --cpuset-cpus binds to processors', async () => {
    assert.equal(await ok('run --rm --cpuset-cpus 0 base:1 nproc'), '1');
    const refused = await docker('run --rm --cpuset-cpus 4096 base:1 true');
    assert.match(refused.stderr, /Requested CPUs are not available - requested 4096, available: /);
  });

  test('F14 --device brings a device node and leave to use it', async () => {
    const read = ['sh', '-c', 'test -c /dev/mine && head -c 4 /dev/mine | wc -c'];
    assert.equal(await ok(['run', '--rm', '--device', '/dev/zero:/dev/mine:r', 'base:1', ...read]), '4');
    const open = (access: string) =>
      docker([
        'run',
        '--rm',
        '--device',
        `/dev/kmsg:/dev/mine:${access}`,
        'base:1',
        'sh',
        '-c',
        ': >/dev/mine',
      ]);
    assert.equal((await open('w')).stderr, '');
    assert.match((await open('r')).stderr, /Operation not permitted/);
    assert.match(
      (await docker('run --rm --device /dev/none base:1 true')).stderr,
      /error gathering device information while adding custom device "\/dev\/none": no such file or directory/,
    );
  });

  test('F17 --expose with -P publishes on a free port', async () => {
    await ok('run -d --name exposed --expose 99 -P base:1 sleep 100');
    assert.match(await ok('port exposed'), /^99\/tcp -> 0\.0\.0\.0:\d+$/m);
    await ok('rm -f exposed');
  });

  test('F19 fields of engines long gone are ignored', async () => {
    const body = JSON.stringify({ Image: 'base:1', HostConfig: { LxcConf: [], KernelMemoryTCP: 0 } });
    const args = ['-s', '-w', '%{http_code}', '--unix-socket', suite.wharf.socketPath];
    const { stdout } = await runProgram('curl', [
      ...args,
      ...['-H', 'Content-Type: application/json', '-d', body],
      'http://wharf/v1.44/containers/create?name=lxc',
    ]);
    assert.match(stdout, /201$/);
    await ok('rm lxc');
  });
});
