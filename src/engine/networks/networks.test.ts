import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorKind, errorKind, silentLog } from '#base';
import type { EngineFact } from '#engine/events';
import { openMetadata } from '#store/metadata';
import { parseSubnet } from './ipam/address.ts';
import { createNetworks, type NetworksParts } from './networks.ts';
import { FakeNetworkHost } from './testing/fake-host.ts';
import type { JoinRequest } from './types.ts';

async function setUp(options: Partial<NetworksParts> = {}) {
  const host = new FakeNetworkHost();
  const facts: EngineFact[] = [];
  const events = { publish: (fact: EngineFact) => void facts.push(fact) };
  const metadata = openMetadata(':memory:');
  const parts = { metadata, events, log: silentLog, defaultBridge: { device: 'wharf0' }, host, ...options };
  const networks = createNetworks(parts);
  await networks.ensureDefaults();
  await networks.restore([]);
  return { host, facts, networks, parts };
}

function joinRequest(name: string, request: Partial<JoinRequest> = {}): JoinRequest {
  return {
    containerId: name,
    containerName: name,
    endpoints: [{ network: 'bridge' }],
    ports: [],
    ...request,
  };
}

function web(hostPort: number, hostAddress = '') {
  return { port: 80, protocol: 'tcp', hostAddress, hostPort, hostPortEnd: hostPort } as const;
}

const failsWith = (kind: ErrorKind, message: RegExp) => (error: Error) =>
  errorKind(error) === kind && message.test(error.message);

test('ensureDefaults() makes bridge, host and none, once for a data root', async () => {
  const { networks, parts } = await setUp();
  const again = createNetworks(parts);
  await again.ensureDefaults();
  assert.deepEqual(
    again.list().map(({ name, driver }) => [name, driver]),
    [
      ['bridge', 'bridge'],
      ['host', 'host'],
      ['none', 'null'],
    ],
  );
  assert.equal(again.inspect('bridge').id, networks.inspect('bridge').id);
});

test('ensureDefaults() gives the bridge the first default pool that the host has no route to', async () => {
  const host = new FakeNetworkHost();
  host.routed = [parseSubnet('172.17.4.0/24')];
  const { networks } = await setUp({ host });
  assert.equal(networks.inspect('bridge').pools[0]?.subnet, '172.18.0.0/16');
  assert.equal(networks.inspect('bridge').options['com.docker.network.bridge.name'], 'wharf0');
});

test('ensureDefaults() takes the address that is wished and lets go of the bridge it had before', async () => {
  const { host, parts } = await setUp();
  const next = createNetworks({
    ...parts,
    defaultBridge: { device: 'wharf1', ipv4: { address: '10.7.0.9/24' } },
  });
  await next.ensureDefaults();
  const { bridge, pools } = next.inspect('bridge');
  assert.deepEqual(
    [bridge?.device, pools[0]?.subnet, pools[0]?.gateway],
    ['wharf1', '10.7.0.0/24', '10.7.0.9'],
  );
  assert.deepEqual([...host.bridges.keys()], ['wharf1']);
});

test('ensureDefaults() makes no network bridge when the daemon is to have none', async () => {
  const { networks } = await setUp({ defaultBridge: undefined });
  assert.deepEqual(
    networks.list().map(({ name }) => name),
    ['host', 'none'],
  );
});

test('inspect() finds by id, name and start of the id, and names what it does not find', async () => {
  const { networks } = await setUp();
  const { id } = networks.inspect('bridge');
  assert.equal(networks.inspect(id).name, 'bridge');
  assert.equal(networks.inspect(id.slice(0, 12)).name, 'bridge');
  assert.throws(() => networks.inspect('nope'), failsWith('notFound', /^network nope not found$/));
});

test('join() gives addresses in order, a MAC made of the address and both host addresses of a port', async () => {
  const { networks } = await setUp();
  const { endpoints, ports } = await networks.join(joinRequest('a', { ports: [web(8080)] }));
  const endpoint = endpoints.bridge;
  assert.deepEqual(endpoint?.ipv4, { address: '172.17.0.2', prefixLength: 16, gateway: '172.17.0.1' });
  assert.equal(endpoint?.macAddress, '02:42:ac:11:00:02');
  assert.deepEqual(
    ports.map(({ hostAddress, hostPort, port }) => [hostAddress, hostPort, port]),
    [
      ['0.0.0.0', 8080, 80],
      ['::', 8080, 80],
    ],
  );
  const next = await networks.join(joinRequest('b'));
  assert.equal(next.endpoints.bridge?.ipv4?.address, '172.17.0.3');
});

test('join() that fails holds nothing', async () => {
  const { networks } = await setUp();
  const first = await networks.join(joinRequest('a', { ports: [web(81)] }));
  await assert.rejects(
    networks.join(joinRequest('b', { ports: [web(80), web(81)] })),
    failsWith('internal', /endpoint b .* Bind for 0\.0\.0\.0:81 failed: port is already allocated$/),
  );
  await first.release();
  const both = await networks.join(joinRequest('b', { ports: [web(80), web(81)] }));
  assert.equal(both.ports.length, 4);
  assert.deepEqual(networks.attached(networks.inspect('bridge').id).length, 1);
});

test('join() publishes at the default address when the request names none', async () => {
  const { networks } = await setUp({ defaultBridge: { device: 'wharf0', defaultBinding: '127.0.0.1' } });
  const { ports } = await networks.join(joinRequest('a', { ports: [web(80)] }));
  assert.deepEqual(
    ports.map(({ hostAddress }) => hostAddress),
    ['127.0.0.1'],
  );
});

test('join() refuses a wished address on the default bridge', async () => {
  const { networks } = await setUp();
  await assert.rejects(
    networks.join(joinRequest('a', { endpoints: [{ network: 'bridge', ipv4Address: '172.17.0.9' }] })),
    failsWith('invalid', /supported on user defined networks only$/),
  );
});

test('join() attaches to several networks; an internal one has no gateway', async () => {
  const { networks } = await setUp();
  await networks.create({ name: 'inner', internal: true, pools: [{ subnet: '10.9.0.0/24' }] });
  const endpoints = [{ network: 'inner', ipv4Address: '10.9.0.40' }, { network: 'bridge' }];
  const sandbox = await networks.join(joinRequest('a', { endpoints }));
  assert.equal(sandbox.launch?.hostMessages.length, 2);
  assert.equal(sandbox.endpoints.inner?.ipv4?.address, '10.9.0.40');
  assert.equal(sandbox.endpoints.inner?.ipv4?.gateway, '');
});

test('release() is told once, and join() before it, as events of the network', async () => {
  const { networks, facts } = await setUp();
  const sandbox = await networks.join(joinRequest('a'));
  await sandbox.release();
  await sandbox.release();
  assert.deepEqual(
    facts.map(({ action, attributes }) => [action, attributes]),
    ['connect', 'disconnect'].map((action) => [action, { container: 'a', name: 'bridge', type: 'bridge' }]),
  );
});

test('restore() holds the addresses and ports of live containers', async () => {
  const { networks, parts } = await setUp();
  const sandbox = await networks.join(joinRequest('a', { ports: [web(80)] }));
  const record = JSON.parse(JSON.stringify(sandbox.toRecord()));
  const next = createNetworks(parts);
  await next.ensureDefaults();
  const restored = await next.restore([record]);
  assert.deepEqual([...restored.keys()], ['a']);
  const other = await next.join(joinRequest('b'));
  assert.equal(other.endpoints.bridge?.ipv4?.address, '172.17.0.3');
  await assert.rejects(next.join(joinRequest('c', { ports: [web(80)] })), /port is already allocated/);
});

test('create() names the device by the id and takes a subnet that is free', async () => {
  const { networks, host } = await setUp();
  const record = await networks.create({ name: 'harbour', labels: { a: 'b' } });
  assert.equal(record.bridge?.device, `br-${record.id.slice(0, 12)}`);
  assert.equal(record.pools[0]?.subnet, '172.18.0.0/16');
  assert.ok(host.bridges.has(record.bridge?.device ?? ''));
});

test('create() gives IPv6 to who does not say, as long as there is any', async () => {
  const host = new FakeNetworkHost();
  host.offersIpv6 = true;
  const { networks } = await setUp({ host, subnetPools: [{ base: 'fd00:9::/64', size: 64 }] });
  const { ipv6, pools } = await networks.create({ name: 'first' });
  assert.deepEqual([ipv6, pools[1]?.subnet], [true, 'fd00:9::/64']);
  assert.equal((await networks.create({ name: 'second' })).ipv6, false);
  await assert.rejects(
    networks.create({ name: 'third', ipv6: true }),
    failsWith('invalid', /fully subnetted$/),
  );
});

test('prune() removes what nobody uses, but for configurations', async () => {
  const { networks } = await setUp();
  await networks.create({ name: 'plan', configOnly: true, pools: [{ subnet: '10.9.0.0/24' }] });
  await networks.create({ name: 'built', configFrom: 'plan' });
  await networks.create({ name: 'used' });
  await networks.join(joinRequest('a', { endpoints: [{ network: 'used' }] }));
  assert.deepEqual(await networks.prune(), ['built']);
  assert.deepEqual(
    networks.list().map(({ name }) => name),
    ['bridge', 'host', 'none', 'plan', 'used'],
  );
});

const prefix = 'com.docker.network';
for (const [request, kind, message] of [
  [{ name: 'bridge' }, 'forbidden', /^operation is not permitted on predefined bridge network $/],
  [{ name: 'x', driver: 'overlay' }, 'forbidden', /^This node is not a swarm manager/],
  [{ name: 'x', driver: 'nope' }, 'notFound', /^plugin "nope" not found$/],
  [{ name: 'x', driver: 'host' }, 'forbidden', /^only one instance of "host" network is allowed$/],
  [{ name: 'x', pools: [{ subnet: '172.17.3.0/24' }] }, 'forbidden', /Pool overlaps with other one/],
  [{ name: 'x', pools: [{ subnet: '10.1.2.3/24' }] }, 'invalid', /it should be 10\.1\.2\.0\/24$/],
  [{ name: 'x', pools: [{ subnet: '10.1.2.0/24', gateway: '10.1.3.1' }] }, 'invalid', /gateway 10\.1\.3\.1/],
  [{ name: ' ' }, 'invalid', /name is empty$/],
  [{ name: 'x', options: { [`${prefix}.bridge.name`]: '../x' } }, 'invalid', /^invalid interface name/],
  [{ name: 'x', options: { [`${prefix}.bridge.name`]: 'wharf0' } }, 'forbidden', /have same bridge name$/],
  [
    { name: 'x', options: { [`${prefix}.driver.mtu`]: 'much' } },
    'invalid',
    /^failed to parse com.docker.network.driver.mtu value: much \(strconv.Atoi/,
  ],
] as const) {
  test(`create() refuses ${JSON.stringify(request)}`, async () => {
    const { networks } = await setUp();
    await assert.rejects(networks.create(request), failsWith(kind, message));
  });
}

test('create() refuses a name that is taken', async () => {
  const { networks } = await setUp();
  await networks.create({ name: 'harbour' });
  await assert.rejects(
    networks.create({ name: 'harbour' }),
    failsWith('conflict', /^network with name harbour already exists$/),
  );
});

test('remove() refuses predefined networks and those in use', async () => {
  const { networks } = await setUp();
  await networks.create({ name: 'harbour' });
  const sandbox = await networks.join(joinRequest('a', { endpoints: [{ network: 'harbour' }] }));
  await assert.rejects(
    networks.remove('bridge'),
    failsWith('forbidden', /pre-defined network and cannot be removed$/),
  );
  await assert.rejects(
    networks.remove('harbour'),
    failsWith(
      'forbidden',
      /^error while removing network: network harbour has active endpoints \(name:"a" id:"/,
    ),
  );
  await sandbox.release();
  await networks.remove('harbour');
  assert.equal(networks.list().length, 3);
});

test('a sandbox gets and gives back ports while it lives, and holds none after its end', async () => {
  const { host, networks } = await setUp();
  const sandbox = await networks.join(joinRequest('a', { ports: [web(8080, '127.0.0.1')] }));
  const other = await networks.join(joinRequest('b', { ports: [web(9090)] }));
  const added = sandbox.addPorts([web(8081, '127.0.0.1')]);
  assert.deepEqual(
    sandbox.toRecord().ports.map(({ hostPort }) => hostPort),
    [8080, 8081],
  );
  assert.deepEqual(
    sandbox.listens.map(({ port, targetPort }) => [port, targetPort]),
    [
      [8080, 80],
      [8081, 80],
    ],
  );
  host.busyPorts.add(7070);
  const allocated =
    /^driver failed .* on endpoint a \(.*\): Bind for 0.0.0.0:9090 failed: port is already allocated$/;
  const busy = /failed to bind host port for 0.0.0.0:7070:.*:80\/tcp: address already in use$/;
  assert.throws(() => sandbox.addPorts([web(8082), web(9090)]), failsWith('internal', allocated));
  assert.throws(() => sandbox.addPorts([web(8082), web(7070)]), failsWith('internal', busy));
  assert.equal(other.addPorts([web(8082)])[0]?.hostPort, 8082, 'a failure holds nothing');
  sandbox.removePorts(added);
  assert.equal(other.addPorts([web(8081, '127.0.0.1')]).length, 1);
  await sandbox.release();
  assert.equal(other.addPorts([web(8080, '127.0.0.1')]).length, 1);
  assert.deepEqual(sandbox.listens, []);
});

test('a sandbox that was taken over gives back what it got before', async () => {
  const { networks, parts } = await setUp();
  const sandbox = await networks.join(joinRequest('a'));
  sandbox.addPorts([web(8080)]);
  const next = createNetworks(parts);
  await next.ensureDefaults();
  const restored = (await next.restore([sandbox.toRecord()])).get('a');
  const late = await next.join(joinRequest('b'));
  assert.throws(() => late.addPorts([web(8080)]), /port is already allocated/);
  restored?.removePorts(restored.ports);
  assert.ok(late.addPorts([web(8080)]).length > 0);
});

test('a container without a network of its own publishes nothing', async () => {
  const { networks } = await setUp();
  const sandbox = await networks.join(joinRequest('a', { endpoints: [{ network: 'host' }] }));
  assert.throws(() => sandbox.addPorts([web(8080)]), failsWith('invalid', /no network that publishes ports/));
});
