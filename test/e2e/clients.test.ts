import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { busyboxImage } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import { runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const python = fileURLToPath(new URL('../fixtures/client.py', import.meta.url));

describe('other clients', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const docker = () => new Docker({ socketPath: suite.wharf.socketPath });

  test('Debian’s Python client does its daily work', async () => {
    const output = await runProgram('/usr/bin/python3', [python, suite.wharf.host]);
    assert.equal(output.stderr, '');
    assert.deepEqual(output.stdout.trimEnd().split('\n'), [
      'from python',
      "3 (b'out\\n', b'err\\n')",
      'ada',
      '1 through the socket',
      'through the socket | through the socket',
      '/py True True',
      'True',
      'note 18 written by python',
      "running py base:1 ['py']",
      '137',
      "['create', 'start', 'attach', 'top', 'extract-to-dir', 'archive-path', 'kill', 'kill', 'die', 'stop', 'destroy']",
      'gone',
      'no image',
    ]);
  });

  test('dockerode runs, attaches and removes', async () => {
    const container = await docker().createContainer({
      Image: 'base:1',
      Cmd: ['cat'],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
    });
    const stream = await container.attach({ stream: true, stdin: true, stdout: true, hijack: true });
    await container.start();
    const received = collect(stream);
    stream.write('hello\n');
    stream.end();
    assert.match(await received, /hello\n$/);
    assert.equal((await container.wait()).StatusCode, 0);
    await container.remove();
    assert.deepEqual(await docker().listContainers({ all: true }), []);
  });

  test('dockerode executes, follows logs, statistics and events, and moves archives', async () => {
    const events = await docker().getEvents({ filters: { event: ['die'] } });
    const container = await docker().createContainer({
      Image: 'base:1',
      Cmd: ['sh', '-c', 'echo begun; exec sleep 99'],
      name: 'node',
    });
    await container.start();
    const exec = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
    const stream = await exec.start({ hijack: true, stdin: true });
    const output = demux(docker(), stream);
    stream.end('by exec\n');
    assert.equal(await output, 'by exec\n');
    assert.equal((await exec.inspect()).ExitCode, 0);

    const logs = await container.logs({ follow: true, stdout: true, stderr: true });
    const logged = demux(docker(), logs);
    const stats = await container.stats({ stream: false });
    assert.ok(stats.memory_stats.usage > 0);

    const note = makeTar([{ path: 'note', content: 'by node\n' }]);
    await container.putArchive(note, { path: '/tmp' });
    assert.match(await collect(await container.getArchive({ path: '/tmp/note' })), /by node\n/);
    assert.deepEqual(await container.changes(), [
      { Path: '/tmp', Kind: 0 },
      { Path: '/tmp/note', Kind: 1 },
    ]);

    const died = new Promise<string>((resolve) => events.once('data', (line) => resolve(String(line))));
    await container.kill();
    assert.equal(JSON.parse(await died).Actor.Attributes.name, 'node');
    assert.equal(await logged, 'begun\n');
    await container.remove();
  });
});

/** Standard output of a framed stream. */
async function demux(docker: Docker, stream: NodeJS.ReadableStream): Promise<string> {
  const output = new PassThrough();
  docker.modem.demuxStream(stream, output, new PassThrough());
  stream.on('end', () => output.end());
  return await collect(output);
}

function collect(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    stream.on('end', () => resolve(text));
    stream.on('error', reject);
  });
}
