import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Docker from 'dockerode';
import { busyboxImage } from '../fixtures/busybox.ts';
import { runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const python = `
import docker, sys
client = docker.DockerClient(base_url=sys.argv[1])
assert client.ping()
print(client.containers.run("base:1", ["echo", "from python"], remove=True).decode().strip())
c = client.containers.run("base:1", ["sleep", "99"], detach=True, name="py")
code, out = c.exec_run(["echo", "exec from python"])
print(code, out.decode().strip())
c.reload()
print(c.status, c.name, c.image.tags[0])
c.remove(force=True)
try:
    client.containers.get("py")
except docker.errors.NotFound as error:
    print("gone")
try:
    client.images.get("nosuch:1")
except docker.errors.ImageNotFound as error:
    print("no image")
`;

describe('other clients', () => {
  const suite = useWharf([busyboxImage('base:1')]);

  test('Debian’s Python client runs, executes, inspects and removes', async () => {
    const output = await runProgram('/usr/bin/python3', ['-c', python, suite.wharf.host]);
    assert.equal(output.stderr, '');
    assert.equal(output.stdout, 'from python\n0 exec from python\nrunning py base:1\ngone\nno image\n');
  });

  test('dockerode runs, attaches, executes and removes', async () => {
    const docker = new Docker({ socketPath: suite.wharf.socketPath });
    const container = await docker.createContainer({
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
    assert.deepEqual(await docker.listContainers({ all: true }), []);
  });

  test('docker compose brings a service up, shows its output, and takes it down', async () => {
    const { writeFileSync } = await import('node:fs');
    const file = `${suite.wharf.folder}/compose.yaml`;
    writeFileSync(
      file,
      'name: harbour\nservices:\n  web:\n    image: base:1\n    command: sh -c "echo composed; sleep 99"\n    network_mode: bridge\n    stop_grace_period: 0s\n',
    );
    await suite.ok(['compose', '-f', file, 'up', '-d']);
    assert.match(await suite.ok(['compose', '-f', file, 'ps']), /harbour-web-1/);
    assert.match(await suite.ok(['compose', '-f', file, 'logs']), /composed/);
    await suite.ok(['compose', '-f', file, 'down']);
    assert.equal(await suite.ok('ps -aq'), '');
  });
});

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
