import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubnet } from './ipam/address.ts';
import { createNetworks } from './networks.ts';
import { FakeNetworkHost } from './testing/fake-host.ts';
import { failsWith, joinRequest, setUp } from './testing/set-up.ts';

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

test('create() that fails on the host leaves neither a record nor a device', async () => {
  const { networks, host } = await setUp();
  const before = host.bridges.size;
  host.apply = () => {
    throw new Error('no rules here');
  };
  await assert.rejects(networks.create({ name: 'harbour' }), /no rules here/);
  assert.equal(host.bridges.size, before);
  assert.throws(() => networks.inspect('harbour'), /network harbour not found/);
});

test('create() gives the daemon’s options to bridges alone, under those of the request', async () => {
  const option = 'com.docker.network.driver.mtu';
  const { networks } = await setUp({ defaultOptions: { [option]: '1400', other: 'x' } });
  const { bridge, options } = await networks.create({ name: 'harbour', options: { other: 'y' } });
  assert.deepEqual([bridge?.mtu, options], [1400, { [option]: '1400', other: 'y' }]);
  const { options: none } = await networks.create({ name: 'lan', driver: 'macvlan' });
  assert.deepEqual(none, {});
});

test('a network can be made again while the one of its name is being removed', async () => {
  const { networks, host } = await setUp();
  const first = await networks.create({ name: 'harbour' });
  const gone = Promise.withResolvers<void>();
  host.removeBridge = () => gone.promise;
  const removed = networks.remove('harbour');
  assert.throws(() => networks.inspect('harbour'), /network harbour not found/);
  const second = networks.create({ name: 'harbour' });
  gone.resolve();
  await removed;
  assert.notEqual((await second).id, first.id);
});

test('remove() that fails leaves the network as it was', async () => {
  const { networks, host } = await setUp();
  await networks.create({ name: 'harbour' });
  host.removeBridge = () => Promise.reject(new Error('no'));
  for (let attempt = 0; attempt < 2; attempt++)
    await assert.rejects(networks.remove('harbour'), /^Error: no$/);
  const sandbox = await networks.join(joinRequest('a', { endpoints: [{ network: 'harbour' }] }));
  assert.equal(sandbox.endpoints.harbour?.ipv4?.address, '172.18.0.2');
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
