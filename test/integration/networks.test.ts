import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { readSysctl, writeSysctl } from '#linux';
import { openMetadata } from '#store/metadata';
import { freePort } from '../testing/free-port.ts';
import { freeSubnet } from '../testing/free-subnet.ts';
import {
  ask,
  type Container,
  cable,
  connect,
  device,
  deviceName,
  Lab,
  otherAddress,
  ourAddress,
  port,
  run,
} from './networks/lab.ts';

const lab = new Lab();
after(() => lab[Symbol.asyncDispose]());
await lab.networks.ensureDefaults();
await lab.networks.restore([]);
const [pool] = lab.networks.inspect('bridge').pools;
const gateway = pool?.gateway ?? '';

const addressOf = ({ sandbox }: Pick<Container, 'sandbox'>) =>
  Object.values(sandbox.endpoints)[0]?.ipv4?.address ?? '';

test('ensureDefaults() makes a bridge with the gateway address, up and without spanning tree', () => {
  assert.match(run('ip', '-br', 'address', 'show', device), new RegExp(`${gateway}/16`));
  assert.match(run('ip', '-d', 'link', 'show', device), /<.*UP.*>[\s\S]*bridge [\s\S]*stp_state 0/);
});

test('a published port answers at every address of the host, to every caller', async () => {
  const hostPort = await freePort();
  const web = await lab.start('web', { ports: [port(hostPort)] });
  const neighbour = await lab.start('neighbour');
  assert.equal(ask('127.0.0.1', hostPort), gateway);
  assert.equal(ask(ourAddress, hostPort), ourAddress);
  assert.equal(lab.other.ask(ourAddress, hostPort), otherAddress);
  assert.equal(web.place.ask(ourAddress, hostPort), gateway);
  assert.equal(neighbour.place.ask(ourAddress, hostPort), gateway);
  assert.equal(neighbour.place.ask(gateway, hostPort), gateway);
  await web.sandbox.release();
  await neighbour.sandbox.release();
  assert.equal(lab.other.ask(ourAddress, hostPort), 'ECONNREFUSED');
});

test('a published UDP port answers to the host, its loopback and other hosts', async () => {
  const hostPort = await freePort();
  const { sandbox } = await lab.start('udp', { ports: [port(hostPort, { protocol: 'udp' })] });
  assert.equal(ask('127.0.0.1', hostPort, { protocol: 'udp' }), gateway);
  assert.equal(lab.other.ask(ourAddress, hostPort, { protocol: 'udp' }), otherAddress);
  await sandbox.release();
});

test('a port published at 127.0.0.1 answers to the host only', async () => {
  const hostPort = await freePort();
  const { sandbox } = await lab.start('local', { ports: [port(hostPort, { address: '127.0.0.1' })] });
  assert.equal(ask('127.0.0.1', hostPort), gateway);
  assert.equal(ask(ourAddress, hostPort), 'ECONNREFUSED');
  assert.equal(lab.other.ask(ourAddress, hostPort), 'ECONNREFUSED');
  await sandbox.release();
});

test('a port published at one address of the host answers at that one', async () => {
  const hostPort = await freePort();
  const { sandbox } = await lab.start('one', { ports: [port(hostPort, { address: ourAddress })] });
  assert.equal(lab.other.ask(ourAddress, hostPort), otherAddress);
  assert.equal(ask(ourAddress, hostPort), ourAddress);
  assert.equal(ask('127.0.0.1', hostPort), 'ECONNREFUSED');
  await sandbox.release();
});

test('a container calls out as the host, and is not reached but by a published port', async () => {
  const closed = await lab.start('closed');
  const neighbour = await lab.start('beside');
  await lab.other.answer(9000);
  assert.equal(closed.place.ask(otherAddress, 9000), ourAddress);
  assert.equal(neighbour.place.ask(addressOf(closed), 8080), addressOf(neighbour));
  assert.equal(lab.other.ask(addressOf(closed), 8080, { patienceMs: 500 }), 'silence');
  await closed.sandbox.release();
  await neighbour.sandbox.release();
});

test("a container can't reach what listens on the host's loopback", async () => {
  const hostPort = await freePort();
  const { place, sandbox } = await lab.start('curious');
  const server = createServer((socket) => socket.end('secret')).listen(hostPort, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  run('ip', '-n', place.name, 'link', 'set', 'lo', 'down');
  run('ip', '-n', place.name, 'route', 'add', '127.0.0.1/32', 'via', gateway);
  assert.equal(place.ask('127.0.0.1', hostPort, { patienceMs: 500 }), 'silence');
  server.close();
  await sandbox.release();
});

test('join() fails with the words of Docker when a container or a process has the port', async () => {
  const takenPort = await freePort();
  const busyPort = await freePort();
  const strangePort = await freePort();
  const first = await lab.start('first', { ports: [port(takenPort)] });
  const second = { containerId: 'f'.repeat(64), containerName: 'second', endpoints: [{ network: 'bridge' }] };
  await assert.rejects(
    lab.networks.join({ ...second, ports: [port(takenPort)] }),
    new RegExp(
      `^EngineError: .*driver failed programming external connectivity on endpoint second \\([0-9a-f]{64}\\): Bind for 0\\.0\\.0\\.0:${takenPort} failed: port is already allocated$`,
    ),
  );
  const server = createServer().listen(busyPort, '0.0.0.0');
  await new Promise((resolve) => server.once('listening', resolve));
  await assert.rejects(
    lab.networks.join({ ...second, ports: [port(busyPort)] }),
    new RegExp(
      `failed to bind host port for 0\\.0\\.0\\.0:${busyPort}:[0-9.]+:8080/tcp: address already in use$`,
    ),
  );
  server.close();
  await assert.rejects(
    lab.networks.join({ ...second, ports: [port(strangePort, { address: '203.0.113.9' })] }),
    /failed to bind host port for 203\.0\.113\.9:\d+:[0-9.]+:8080\/tcp: cannot assign requested address$/,
  );
  const free = await lab.networks.join({ ...second, ports: [{ ...port(0), hostPortEnd: 0 }] });
  assert.deepEqual(
    free.ports.map(({ hostAddress, hostPort }) => [hostAddress, hostPort === free.ports[0]?.hostPort]),
    [
      ['0.0.0.0', true],
      ['::', true],
    ],
  );
  await free.release();
  await first.sandbox.release();
});

test('restore() keeps live containers reachable, forgets dead ones and mends what is gone', async () => {
  const livePort = await freePort();
  const deadPort = await freePort();
  const live = await lab.start('live', { ports: [port(livePort)] });
  const dead = await lab.start('dead', { ports: [port(deadPort)] });
  run('nft', 'delete', 'table', 'ip', device);
  const networks = await lab.restart();
  await networks.ensureDefaults();
  const restored = await networks.restore([live.sandbox.toRecord()]);
  assert.equal(lab.other.ask(ourAddress, livePort), otherAddress);
  assert.equal(lab.other.ask(ourAddress, deadPort), 'ECONNREFUSED');
  const next = await networks.join({
    containerId: 'e'.repeat(64),
    containerName: 'next',
    endpoints: [{ network: 'bridge' }],
    ports: [],
  });
  assert.notEqual(addressOf({ sandbox: next }), addressOf(live));
  await next.release();
  await restored.get(live.sandbox.containerId)?.release();
  assert.equal(lab.other.ask(ourAddress, livePort), 'ECONNREFUSED');
  await dead.sandbox.release();
});

test('publish() makes the rules anew when somebody has flushed them, with the ports of all containers', async () => {
  const [before, after] = [await freePort(), await freePort()];
  const first = await lab.start('flushed', { ports: [port(before)] });
  run('nft', 'delete', 'table', 'ip', device);
  const second = await lab.start('healed', { ports: [port(after)] });
  assert.equal(lab.other.ask(ourAddress, before), otherAddress);
  assert.equal(lab.other.ask(ourAddress, after), otherAddress);
  assert.equal(first.place.ask(addressOf(second), 8080), addressOf(first));
  await first.sandbox.release();
  assert.equal(lab.other.ask(ourAddress, before), 'ECONNREFUSED');
  await second.sandbox.release();
});

test('create() makes a bridge that containers of other networks are kept from', async () => {
  const network = await lab.networks.create({ name: 'wt-harbour' });
  const bridge = network.bridge?.device ?? '';
  assert.equal(bridge, `br-${network.id.slice(0, 12)}`);
  const inside = await lab.start('inside', { endpoints: [{ network: 'wt-harbour' }] });
  const outside = await lab.start('outside');
  assert.match(run('ip', '-br', 'link', 'show', 'master', bridge), /^veth/);
  assert.equal(outside.place.ask(addressOf(inside), 8080, { patienceMs: 500 }), 'silence');
  await assert.rejects(lab.networks.remove('wt-harbour'), /network wt-harbour has active endpoints/);
  await inside.sandbox.release();
  await outside.sandbox.release();
  await lab.networks.remove('wt-harbour');
  assert.throws(() => run('ip', 'link', 'show', bridge));
});

test('a bridge that was there before is used with its address and left there', async () => {
  const [bridge, subnet] = [deviceName('ready'), freeSubnet()];
  run('ip', 'link', 'add', bridge, 'type', 'bridge');
  using undo = new DisposableStack();
  undo.defer(() => run('ip', 'link', 'del', bridge));
  run('ip', 'address', 'add', `${subnet}.7/24`, 'dev', bridge);
  const listening = `net/ipv6/conf/${bridge}/accept_ra`;
  writeSysctl(listening, '2');
  const networks = connect(openMetadata(':memory:'), bridge);
  await networks.ensureDefaults();
  await networks.restore([]);
  const [found] = networks.inspect('bridge').pools;
  assert.deepEqual([found?.gateway, found?.subnet], [`${subnet}.7`, `${subnet}.0/24`]);
  await networks.destroy();
  assert.match(run('ip', 'link', 'show', bridge), /UP/);
  assert.equal(readSysctl(listening), '2', 'the host may learn its way out by it');
});

test('a bridge whose records are lost is taken over and goes with its network', async () => {
  const bridge = deviceName('lost');
  const [lost, next] = [1, 2].map(() => connect(openMetadata(':memory:'), bridge));
  await lost?.ensureDefaults();
  await next?.ensureDefaults();
  assert.deepEqual(next?.inspect('bridge').pools, lost?.inspect('bridge').pools);
  await next?.destroy();
  assert.throws(() => run('ip', 'link', 'show', bridge));
});

test('create() leaves a device alone that is no bridge', async () => {
  const options = { 'com.docker.network.bridge.name': cable };
  await assert.rejects(
    lab.networks.create({ name: 'wt-wrong', options }),
    /existing interface .* is not a bridge$/,
  );
  assert.match(run('ip', 'link', 'show', cable), /UP/);
  assert.throws(() => lab.networks.inspect('wt-wrong'), /not found/);
});

test('a container of no network has its loopback up and nothing else', async () => {
  const { place, sandbox } = await lab.start('alone', { endpoints: [{ network: 'none' }] });
  assert.equal(place.ask('127.0.0.1', 8080), '127.0.0.1');
  assert.equal(run('ip', '-n', place.name, '-br', 'link').trim().split('\n').length, 1);
  await sandbox.release();
});

test("a container in the host's network gets no devices", async () => {
  const hostPort = await freePort();
  const { sandbox } = await lab.start('host', { endpoints: [{ network: 'host' }], ports: [port(hostPort)] });
  assert.equal(sandbox.launch, undefined);
  assert.deepEqual(sandbox.ports, []);
  await sandbox.release();
});

test('destroy() leaves neither device nor table', async () => {
  await lab.networks.destroy();
  assert.throws(() => run('ip', 'link', 'show', device));
  assert.throws(() => run('nft', 'list', 'table', 'ip', device));
});
