import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { freePort } from '../testing/free-port.ts';
import { freeSubnet } from '../testing/free-subnet.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const neighbour = `wt-far-${process.pid}`;
const hostSide = `wt-h${process.pid}`.slice(0, 15);
const subnet = freeSubnet();
const far = { host: `${subnet}.1`, guest: `${subnet}.2` };
const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' });

describe('networks', () => {
  const web = busyboxImage('web:1', {
    Cmd: ['httpd', '-f', '-p', '80', '-h', '/www'],
    ExposedPorts: { '80/tcp': {} },
  });
  const suite = useWharf([web]);
  const { docker, ok } = suite;

  before(() => {
    ip('netns', 'add', neighbour);
    ip('link', 'add', hostSide, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', neighbour);
    ip('addr', 'add', `${far.host}/30`, 'dev', hostSide);
    ip('link', 'set', hostSide, 'up');
    ip('-n', neighbour, 'addr', 'add', `${far.guest}/30`, 'dev', 'eth0');
    ip('-n', neighbour, 'link', 'set', 'eth0', 'up');
    ip('-n', neighbour, 'route', 'add', 'default', 'via', far.host);
  });
  after(() => {
    ip('link', 'del', hostSide);
    ip('netns', 'del', neighbour);
  });

  const page = async (address: string, port: number) =>
    (await fetch(`http://${address}:${port}/`, { signal: AbortSignal.timeout(3000) })).text();
  const pageFromFar = (address: string, port: number) => {
    const script = `fetch('http://${address}:${port}/', { signal: AbortSignal.timeout(2000) })
      .then((response) => response.text(), () => 'unreachable').then(console.log)`;
    const command = ['netns', 'exec', neighbour, process.execPath, '-e', script];
    return execFileSync('ip', command, { encoding: 'utf8' }).trim();
  };
  const hostAddress = () =>
    Object.values(networkInterfaces())
      .flat()
      .find(
        (address) =>
          address !== undefined &&
          address.family === 'IPv4' &&
          !address.internal &&
          address.address !== far.host,
      )?.address ?? far.host;

  test('J01 J03 J04 a container gets an address of the bridge’s pool', async () => {
    await ok('run -d --name one web:1');
    const address = await ok(['inspect', '-f', '{{.NetworkSettings.Networks.bridge.IPAddress}}', 'one']);
    const [network] = JSON.parse(await ok('network inspect bridge'));
    assert.equal(network.IPAM.Config[0].Subnet, address.replace(/\.\d+$/, '.0/24'));
    assert.equal(Object.values(network.Containers).length, 1);
    assert.match(ip('link', 'show', 'master', suite.wharf.bridge), /veth/);
    assert.match(await ok('exec one ip addr show eth0'), new RegExp(`inet ${address}/24`));
    assert.match(await ok('exec one ip route'), /^default via [\d.]+\.1 dev eth0/m);
    await ok('rm -f one');
  });

  test('J02 the three networks are there and stay', async () => {
    assert.equal(
      await ok(['network', 'ls', '--format', '{{.Name}} {{.Driver}}']),
      'bridge bridge\nhost host\nnone null',
    );
    assert.match(
      (await docker('network rm bridge')).stderr,
      /is a pre-defined network and cannot be removed/,
    );
  });

  test('J05 the network namespace can be named and entered by iproute2', async () => {
    await ok('run -d --name lab web:1');
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', 'lab']);
    const name = `wt-lab-${process.pid}`;
    mkdirSync('/run/netns', { recursive: true });
    symlinkSync(`/proc/${pid}/ns/net`, `/run/netns/${name}`);
    assert.match(ip('netns', 'exec', name, 'ip', 'addr'), /eth0/);
    unlinkSync(`/run/netns/${name}`);
    await ok('rm -f lab');
  });

  test('J06 F20 host shares the host’s stack, none has only lo', async () => {
    assert.match(await ok('run --rm --network host web:1 ip link'), new RegExp(suite.wharf.bridge));
    assert.equal((await ok('run --rm --network none web:1 ip -o link')).split('\n').length, 1);
  });

  test('J11 F08 a published port answers at 127.0.0.1, [::1], the host’s address and from another host', async () => {
    const port = await freePort();
    await ok(`run -d --name pub -p ${port}:80 web:1`);
    await eventually('the page is served', () => page('127.0.0.1', port).catch(() => undefined));
    assert.match(await page('127.0.0.1', port), /Hello from Wharf/);
    assert.match(await page('[::1]', port), /Hello from Wharf/);
    assert.match(await page(hostAddress(), port), /Hello from Wharf/);
    assert.match(pageFromFar(far.host, port), /Hello from Wharf/);
    assert.equal(await ok('port pub'), `80/tcp -> 0.0.0.0:${port}\n80/tcp -> [::]:${port}`);
    assert.match(
      await ok(['ps', '--format', '{{.Ports}}']),
      new RegExp(`0\\.0\\.0\\.0:${port}->80/tcp, \\[::\\]:${port}->80/tcp`),
    );
    const gateway = await ok(['inspect', '-f', '{{.NetworkSettings.Networks.bridge.Gateway}}', 'pub']);
    assert.match(await ok(['exec', 'pub', 'wget', '-qO-', `http://${gateway}:${port}/`]), /Hello from Wharf/);
    await ok('rm -f pub');
    await assert.rejects(page('127.0.0.1', port));
  });

  test('J12 F07 N05 -P publishes the exposed ports at random ones', async () => {
    await ok('run -d --name rnd -P web:1');
    const line = (await ok('port rnd 80/tcp')).split('\n')[0] ?? '';
    const port = Number(line.split(':').at(-1));
    await eventually('the page is served', () => page('127.0.0.1', port).catch(() => undefined));
    await ok('rm -f rnd');
  });

  test('J13 a port on 127.0.0.1 is not reachable from another host', async () => {
    const port = await freePort();
    await ok(`run -d --name local -p 127.0.0.1:${port}:80 web:1`);
    await eventually('the page is served', () => page('127.0.0.1', port).catch(() => undefined));
    assert.equal(pageFromFar(far.host, port), 'unreachable');
    await ok('rm -f local');
  });

  test('containers are not reachable from another host but by published ports', async () => {
    await ok('run -d --name hidden web:1');
    const address = await ok(['inspect', '-f', '{{.NetworkSettings.Networks.bridge.IPAddress}}', 'hidden']);
    await eventually('the page is served', () => page(address, 80).catch(() => undefined));
    assert.equal(pageFromFar(address, 80), 'unreachable');
    await ok('rm -f hidden');
  });

  test('J20 a port that is taken is a clear error, exit 125, and the container stays created', async () => {
    const port = await freePort();
    await ok(`run -d --name owner -p ${port}:80 web:1`);
    const refused = await docker(`run -d --name late -p ${port}:80 web:1`);
    assert.equal(refused.code, 125);
    assert.match(
      refused.stderr,
      new RegExp(`Bind for 0\\.0\\.0\\.0:${port} failed: port is already allocated`),
    );
    assert.equal(await ok(['inspect', '-f', '{{.State.Status}}', 'late']), 'created');
    await ok('rm -f owner late');
    const { createServer } = await import('node:net');
    const stranger = createServer().listen(port, '0.0.0.0');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const busy = await docker(`run -d --name other -p ${port}:80 web:1`);
    assert.equal(busy.code, 125);
    assert.match(busy.stderr, /address already in use/);
    await new Promise((resolve) => stranger.close(resolve));
    await ok('rm other');
  });

  test('E05 containers of the bridge reach each other and the host’s other networks', async () => {
    await ok('run -d --name near web:1');
    const address = await ok(['inspect', '-f', '{{.NetworkSettings.Networks.bridge.IPAddress}}', 'near']);
    assert.match(await ok(`run --rm web:1 wget -qO- http://${address}/`), /Hello from Wharf/);
    assert.match(await ok(`run --rm web:1 ping -c 1 -W 2 ${far.guest}`), /1 packets received/);
    await ok('rm -f near');
  });
});
