import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { openMetadata } from '#store/metadata';
import { ask, connect, device, Lab, otherAddress, ourAddress, port, run } from './networks/lab.ts';

const lab = new Lab();
after(() => lab[Symbol.asyncDispose]());
await lab.networks.ensureDefaults();
await lab.networks.restore([]);
const settings = lab.networks.inspect('bridge').bridge;
const gateway = settings?.gateway ?? '';

const expectedTable = `table ip wt-networks0 {
  map ports {
    type inet_proto . inet_service : ipv4_addr . inet_service
  }

  map address_ports {
    type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
  }

  map loopback_ports {
    type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
  }

  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    dnat ip to ip daddr . meta l4proto . th dport map @address_ports
    fib daddr type local dnat ip to meta l4proto . th dport map @ports
  }

  chain output {
    type nat hook output priority dstnat; policy accept;
    dnat ip to ip daddr . meta l4proto . th dport map @address_ports
    dnat ip to ip daddr . meta l4proto . th dport map @loopback_ports
    fib daddr type local dnat ip to meta l4proto . th dport map @ports
  }

  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wt-networks0" ip saddr 127.0.0.0/8 masquerade
    oifname "wt-networks0" ip saddr SUBNET ct status dnat masquerade
    oifname != "wt-networks0" ip saddr SUBNET masquerade
  }

  chain guard {
    type filter hook prerouting priority raw; policy accept;
    iifname "wt-networks0" ip daddr 127.0.0.0/8 drop
  }

  chain forward {
    type filter hook forward priority filter; policy accept;
    oifname "wt-networks0" ct state established,related accept
    oifname "wt-networks0" iifname "wt-networks0" accept
    oifname "wt-networks0" ct status dnat accept
    oifname "wt-networks0" drop
  }
}
`;

const addressOf = (container: { sandbox: { endpoints: Record<string, { address: string }> } }) =>
  Object.values(container.sandbox.endpoints)[0]?.address ?? '';

test('ensureDefaults() makes a bridge with the gateway address, up and without spanning tree', () => {
  assert.match(run('ip', '-br', 'address', 'show', device), new RegExp(`${gateway}/16`));
  assert.match(run('ip', '-d', 'link', 'show', device), /<.*UP.*>[\s\S]*bridge [\s\S]*stp_state 0/);
});

test('restore() writes the table that nft lists', () => {
  const listed = run('nft', 'list', 'table', 'ip', device).replaceAll('\t', '  ');
  const named = listed.replace('output priority -100', 'output priority dstnat'); // as nft 1.1 says it
  const general = named.replaceAll(settings?.subnet ?? '', 'SUBNET');
  assert.equal(general, expectedTable);
});

test('a published port answers at every address of the host, to every caller', async () => {
  const web = await lab.start('web', { ports: [port(18080)] });
  const neighbour = await lab.start('neighbour');
  assert.equal(ask('127.0.0.1', 18080), gateway);
  assert.equal(ask(ourAddress, 18080), ourAddress);
  assert.equal(lab.other.ask(ourAddress, 18080), otherAddress);
  assert.equal(web.place.ask(ourAddress, 18080), gateway);
  assert.equal(neighbour.place.ask(ourAddress, 18080), gateway);
  assert.equal(neighbour.place.ask(gateway, 18080), gateway);
  await web.sandbox.release();
  await neighbour.sandbox.release();
  assert.equal(lab.other.ask(ourAddress, 18080), 'ECONNREFUSED');
});

test('a published UDP port answers to the host, its loopback and other hosts', async () => {
  const { sandbox } = await lab.start('udp', { ports: [port(18053, { protocol: 'udp' })] });
  assert.equal(ask('127.0.0.1', 18053, { protocol: 'udp' }), gateway);
  assert.equal(lab.other.ask(ourAddress, 18053, { protocol: 'udp' }), otherAddress);
  await sandbox.release();
});

test('a port published at 127.0.0.1 answers to the host only', async () => {
  const { sandbox } = await lab.start('local', { ports: [port(18081, { address: '127.0.0.1' })] });
  assert.equal(ask('127.0.0.1', 18081), gateway);
  assert.equal(ask(ourAddress, 18081), 'ECONNREFUSED');
  assert.equal(lab.other.ask(ourAddress, 18081), 'ECONNREFUSED');
  await sandbox.release();
});

test('a port published at one address of the host answers at that one', async () => {
  const { sandbox } = await lab.start('one', { ports: [port(18082, { address: ourAddress })] });
  assert.equal(lab.other.ask(ourAddress, 18082), otherAddress);
  assert.equal(ask(ourAddress, 18082), ourAddress);
  assert.equal(ask('127.0.0.1', 18082), 'ECONNREFUSED');
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
  const { place, sandbox } = await lab.start('curious');
  const server = createServer((socket) => socket.end('secret')).listen(18083, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  run('ip', '-n', place.name, 'link', 'set', 'lo', 'down');
  run('ip', '-n', place.name, 'route', 'add', '127.0.0.1/32', 'via', gateway);
  assert.equal(place.ask('127.0.0.1', 18083, { patienceMs: 500 }), 'silence');
  server.close();
  await sandbox.release();
});

test('join() fails with the words of Docker when a container or a process has the port', async () => {
  const first = await lab.start('first', { ports: [port(18084)] });
  const second = { containerId: 'f'.repeat(64), containerName: 'second', endpoints: [{ network: 'bridge' }] };
  await assert.rejects(
    lab.networks.join({ ...second, ports: [port(18084)] }),
    /^EngineError: .*driver failed programming external connectivity on endpoint second \([0-9a-f]{64}\): Bind for 0\.0\.0\.0:18084 failed: port is already allocated$/,
  );
  const server = createServer().listen(18085, '0.0.0.0');
  await new Promise((resolve) => server.once('listening', resolve));
  await assert.rejects(
    lab.networks.join({ ...second, ports: [port(18085)] }),
    /failed to bind host port for 0\.0\.0\.0:18085:[0-9.]+:8080\/tcp: address already in use$/,
  );
  server.close();
  await assert.rejects(
    lab.networks.join({ ...second, ports: [port(18089, { address: '203.0.113.9' })] }),
    /failed to bind host port for 203\.0\.113\.9:18089:[0-9.]+:8080\/tcp: cannot assign requested address$/,
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
  const live = await lab.start('live', { ports: [port(18086)] });
  const dead = await lab.start('dead', { ports: [port(18087)] });
  run('nft', 'delete', 'table', 'ip', device);
  const networks = lab.restart();
  await networks.ensureDefaults();
  const restored = await networks.restore([live.sandbox.toRecord()]);
  assert.equal(lab.other.ask(ourAddress, 18086), otherAddress);
  assert.equal(lab.other.ask(ourAddress, 18087), 'ECONNREFUSED');
  const next = await networks.join({
    containerId: 'e'.repeat(64),
    containerName: 'next',
    endpoints: [{ network: 'bridge' }],
    ports: [],
  });
  assert.notEqual(addressOf({ sandbox: next }), addressOf(live));
  await next.release();
  await restored.get(live.sandbox.containerId)?.release();
  assert.equal(lab.other.ask(ourAddress, 18086), 'ECONNREFUSED');
  await dead.sandbox.release();
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
  run('ip', 'link', 'add', 'wt-networks2', 'type', 'bridge');
  run('ip', 'address', 'add', '10.213.78.7/24', 'dev', 'wt-networks2');
  using undo = new DisposableStack();
  undo.defer(() => run('ip', 'link', 'del', 'wt-networks2'));
  const networks = connect(openMetadata(':memory:'), 'wt-networks2');
  await networks.ensureDefaults();
  await networks.restore([]);
  const { gateway: address, subnet } = networks.inspect('bridge').bridge ?? {};
  assert.deepEqual([address, subnet], ['10.213.78.7', '10.213.78.0/24']);
  await networks.destroy();
  assert.match(run('ip', 'link', 'show', 'wt-networks2'), /UP/);
});

test('a bridge whose records are lost is taken over and goes with its network', async () => {
  const [lost, next] = [1, 2].map(() => connect(openMetadata(':memory:'), 'wt-networks3'));
  await lost?.ensureDefaults();
  await next?.ensureDefaults();
  assert.equal(next?.inspect('bridge').bridge?.gateway, lost?.inspect('bridge').bridge?.gateway);
  await next?.destroy();
  assert.throws(() => run('ip', 'link', 'show', 'wt-networks3'));
});

test('create() leaves a device alone that is no bridge', async () => {
  const options = { 'com.docker.network.bridge.name': 'wt-networks1' };
  await assert.rejects(lab.networks.create({ name: 'wt-wrong', options }), /exists and is not a bridge$/);
  assert.match(run('ip', 'link', 'show', 'wt-networks1'), /UP/);
  assert.throws(() => lab.networks.inspect('wt-wrong'), /not found/);
});

test('a container of no network has its loopback up and nothing else', async () => {
  const { place, sandbox } = await lab.start('alone', { endpoints: [{ network: 'none' }] });
  assert.equal(place.ask('127.0.0.1', 8080), '127.0.0.1');
  assert.equal(run('ip', '-n', place.name, '-br', 'link').trim().split('\n').length, 1);
  await sandbox.release();
});

test("a container in the host's network gets no devices", async () => {
  const { sandbox } = await lab.start('host', { endpoints: [{ network: 'host' }], ports: [port(18088)] });
  assert.equal(sandbox.launch, undefined);
  assert.deepEqual(sandbox.ports, []);
  await sandbox.release();
});

test('destroy() leaves neither device nor table', async () => {
  await lab.networks.destroy();
  assert.throws(() => run('ip', 'link', 'show', device));
  assert.throws(() => run('nft', 'list', 'table', 'ip', device));
});
