import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { useWharf } from '../testing/use-wharf.ts';
import { startWharf } from '../testing/wharf.ts';

describe('names of images', () => {
  let hub: TestRegistry;
  let other: TestRegistry;
  before(async () => {
    hub = await startRegistry();
    other = await startRegistry();
    await hub.push(busyboxImage('library/alpine:latest', { Labels: { from: 'hub' } }));
    await hub.push(busyboxImage('public/ubuntu:14.04', { Labels: { from: 'hub' } }));
    await other.push(busyboxImage('public/ubuntu:14.04', { Labels: { from: 'other' } }));
  });
  after(async () => {
    await hub[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });
  const withMirror = () => startWharf({ args: ['--registry-mirror', `http://${hub.address}`] });

  test('C03 C04 C06 D01 a short name and its long forms are one image of Docker Hub', async () => {
    await using wharf = await withMirror();
    const first = await wharf.dockerOk(['pull', 'alpine']);
    assert.match(first, /^Using default tag: latest\nlatest: Pulling from library\/alpine$/m);
    assert.match(
      first,
      /Status: Downloaded newer image for alpine:latest\ndocker\.io\/library\/alpine:latest$/,
    );
    for (const name of ['docker.io/library/alpine', 'docker.io/alpine', 'library/alpine']) {
      assert.match(await wharf.dockerOk(['pull', name]), /Status: Image is up to date for/, name);
    }
    assert.equal(await wharf.dockerOk(['images', '--format', '{{.Repository}}:{{.Tag}}']), 'alpine:latest');
    const id = (name: string) => wharf.dockerOk(['inspect', '-f', '{{.Id}}', name]);
    assert.equal(await id('docker.io/library/alpine:latest'), await id('alpine'));
  });

  test('C05 a name without a registry is never another registry’s image', async () => {
    await using wharf = await withMirror();
    const qualified = `${other.address}/public/ubuntu:14.04`;
    await wharf.dockerOk(['pull', qualified]);
    assert.match(
      (await wharf.docker(['run', '--pull=never', 'public/ubuntu:14.04'])).stderr,
      /No such image/,
    );
    const from = (name: string) => wharf.dockerOk(['inspect', '-f', '{{.Config.Labels.from}}', name]);
    await wharf.dockerOk(['pull', 'public/ubuntu:14.04']);
    assert.deepEqual([await from('public/ubuntu:14.04'), await from(qualified)], ['hub', 'other']);
  });
});

describe('registries without TLS', () => {
  // A stranger to the loopback, where TLS is not asked for.
  const link = `wt-reg${process.pid}`.slice(0, 15);
  const address = '10.214.9.1';
  before(() => {
    execFileSync('ip', ['link', 'add', link, 'type', 'bridge']);
    execFileSync('ip', ['addr', 'add', `${address}/30`, 'dev', link]);
    execFileSync('ip', ['link', 'set', link, 'up']);
  });
  after(() => execFileSync('ip', ['link', 'del', link]));

  test('D03 D04 are used on the loopback, elsewhere only when a range of --insecure-registry has them', async () => {
    await using registry = await startRegistry();
    await registry.push(busyboxImage('plain:1'));
    await using forward = await forwardTo(registry.address, address);
    const name = `${forward.address}/plain:1`;
    await using strict = await startWharf();
    await strict.dockerOk(['pull', `${registry.address}/plain:1`]);
    assert.match(
      (await strict.docker(['pull', name])).stderr,
      /http: server gave HTTP response to HTTPS client/,
    );
    await using lax = await startWharf({ args: ['--insecure-registry', '10.214.0.0/16'] });
    await lax.dockerOk(['pull', name]);
    assert.match(await lax.dockerOk('info'.split(' ')), /Insecure Registries:[\s\S]*\n\s+10\.214\.0\.0\/16/);
  });
});

describe('room on the disk', () => {
  const base = busyboxLayer();
  const large = makeTar([{ path: 'large', content: Buffer.alloc(3 << 20, 'wharf') }]);
  const upper = (text: string) => [base, large, makeTar([{ path: 'own', content: text }])];
  const { ok } = useWharf([
    { name: 'one:1', layers: upper('1') },
    { name: 'two:1', layers: upper('2') },
  ]);

  test('C19 image rmi is image rm', async () => {
    await ok('tag one:1 alias:1');
    assert.equal(await ok('image rmi alias:1'), 'Untagged: alias:1');
  });

  test('C24 C25 images share layers: what the disk holds is less than the sum', async () => {
    const sizes = (await ok(['images', '--format', '{{.ID}}', '--no-trunc'])).split('\n');
    assert.equal(sizes.length, 2);
    const images = JSON.parse(await ok(['inspect', 'one:1', 'two:1'])) as { Size: number }[];
    const sum = images.reduce((total, { Size }) => total + Size, 0);
    const used = await ok(['system', 'df', '--format', '{{.Type}} {{.TotalCount}} {{.Size}}']);
    const [, count = '', megabytes = ''] = /^Images (\d+) ([\d.]+)MB$/m.exec(used) ?? [];
    assert.equal(count, '2');
    assert.ok(Number(megabytes) * 1e6 < sum * 0.6, `${used} of ${sum}`);
    assert.match(await ok('system df -v'), /one\s+1\s+[0-9a-f]{12}\s.*\s[\d.]+MB\s+[\d.]+MB\s+1B\s+0/);
  });
});

/** The same server at another address of this machine. */
async function forwardTo(target: string, host: string): Promise<AsyncDisposable & { address: string }> {
  const clients = new Set<Socket>();
  const [targetHost = '', targetPort = ''] = target.split(':');
  const server = createServer((socket) => {
    clients.add(socket);
    const onward = connect(Number(targetPort), targetHost);
    socket.on('error', () => onward.destroy()).pipe(onward);
    onward.on('error', () => socket.destroy()).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(Number(targetPort), host, resolve));
  return {
    address: `${host}:${targetPort}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of clients) socket.destroy();
    },
  };
}
