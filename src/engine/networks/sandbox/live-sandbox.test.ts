import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#base';
import { openMetadata } from '#store/metadata';
import { createNetworks } from '../networks.ts';
import { FakeNetworkHost } from '../testing/fake-host.ts';

/** A host that refuses one of the next changes. */
class RefusingHost extends FakeNetworkHost {
  refusesIn = Number.POSITIVE_INFINITY;
  refusal = 'EPERM';

  override configure(messages: Parameters<FakeNetworkHost['configure']>[0]): void {
    this.refusesIn--;
    if (this.refusesIn === 0) throw Object.assign(new Error('refused'), { code: this.refusal });
    super.configure(messages);
  }
}

async function setUp() {
  const host = new RefusingHost();
  const actions: string[] = [];
  const networks = createNetworks({
    metadata: openMetadata(':memory:'),
    events: { publish: ({ action, attributes }) => void actions.push(`${action} ${attributes.name}`) },
    log: silentLog,
    defaultBridge: { device: 'wharf0' },
    host,
  });
  await networks.ensureDefaults();
  await networks.restore([]);
  await networks.create({ name: 'quay', pools: [{ subnet: '10.9.0.0/24' }] });
  await networks.create({ name: 'a-pier', pools: [{ subnet: '10.8.0.0/24' }] });
  const port = { port: 80, protocol: 'tcp', hostAddress: '', hostPort: 8080, hostPortEnd: 8080 } as const;
  const sandbox = await networks.join({
    containerId: 'boat',
    containerName: 'boat',
    endpoints: [{ network: 'quay' }],
    ports: [port],
  });
  actions.length = 0;
  return { host, networks, sandbox, actions };
}

const netns = 3;
const targets = ({ listens }: { listens: readonly { targetAddress: Uint8Array }[] }) => [
  ...new Set(listens.map(({ targetAddress }) => targetAddress.join('.'))),
];

test('plug() and unplug() move the ports with the way out, and tell of it', async () => {
  const { sandbox, actions } = await setUp();
  const inner = sandbox.reserve({ network: 'bridge' }, netns);
  assert.equal(await inner.plug(), true, 'the name comes first');
  assert.deepEqual(targets(sandbox), ['172.17.0.2']);
  assert.equal(await sandbox.reserve({ network: 'a-pier', gatewayPriority: -1 }, netns).plug(), false);
  assert.equal(await sandbox.unplug('bridge', netns), true);
  assert.deepEqual(targets(sandbox), ['10.9.0.2']);
  assert.deepEqual(Object.keys(sandbox.endpoints), ['quay', 'a-pier']);
  assert.deepEqual(
    Object.values(sandbox.endpoints).map(({ device }) => device),
    ['eth0', 'eth2'],
  );
  assert.deepEqual(actions, ['connect bridge', 'connect a-pier', 'disconnect bridge']);
});

test('unplug() gives the ports back when no way out is left; they can be taken again with one', async () => {
  const { networks, sandbox } = await setUp();
  assert.equal(await sandbox.unplug('quay', netns), true);
  assert.deepEqual([sandbox.ports, sandbox.publishes], [[], false]);
  const other = await networks.join({
    containerId: 'other',
    containerName: 'other',
    endpoints: [{ network: 'quay', ipv4Address: '10.9.0.2' }],
    ports: [{ port: 80, protocol: 'tcp', hostAddress: '', hostPort: 8080, hostPortEnd: 8080 }],
  });
  await other.release();
  await sandbox.reserve({ network: 'quay' }, netns).plug();
  assert.equal(sandbox.publishes, true);
  assert.equal(await sandbox.unplug('nosuch', netns), false);
});

test('plug() that the kernel refuses at any step leaves the sandbox as it was', async () => {
  for (const step of [1, 2, 3]) {
    const { host, sandbox, networks, actions } = await setUp();
    const before = sandbox.toRecord();
    const reservation = sandbox.reserve({ network: 'a-pier', ipv4Address: '10.8.0.7' }, netns);
    assert.throws(
      () => sandbox.reserve({ network: 'a-pier', ipv4Address: '10.8.0.7' }, netns),
      /already in use/,
    );
    host.refusesIn = step;
    await assert.rejects(reservation.plug(), /refused/);
    reservation.cancel();
    assert.deepEqual(sandbox.toRecord(), before, `step ${step}`);
    assert.deepEqual(actions, []);
    const { endpoint } = sandbox.reserve({ network: 'a-pier', ipv4Address: '10.8.0.7' }, netns);
    assert.equal(endpoint.ipv4?.address, '10.8.0.7');
    assert.deepEqual(networks.attached(networks.inspect('a-pier').id), []);
  }
});

test('unplug() takes away a device whose container lets no route lead elsewhere', async () => {
  const { host, sandbox } = await setUp();
  await sandbox.reserve({ network: 'a-pier' }, netns).plug();
  const { hostDevice = '' } = sandbox.endpoints.quay ?? {};
  host.devices.push(hostDevice);
  host.refusesIn = 1;
  host.refusal = 'ENETUNREACH';
  await sandbox.unplug('quay', netns);
  assert.deepEqual([host.devices, Object.keys(sandbox.endpoints)], [[], ['a-pier']]);
});

test('reserve() passes over names and numbers of devices that the container has made itself', async () => {
  const { host, sandbox } = await setUp();
  host.inside = [
    { index: 16, name: 'eth0' },
    { index: 17, name: 'eth1' },
    { index: 18, name: 'tun0' },
  ];
  const { endpoint } = sandbox.reserve({ network: 'a-pier' }, netns);
  assert.deepEqual([endpoint.device, endpoint.index], ['eth2', 19]);
});

test('reserve() refuses a network that the container is in, and does not take part before it is plugged in', async () => {
  const { sandbox } = await setUp();
  assert.throws(() => sandbox.reserve({ network: 'quay' }, netns), {
    message: 'endpoint with name boat already exists in network quay',
  });
  sandbox.reserve({ network: 'bridge' }, netns);
  assert.deepEqual(Object.keys(sandbox.endpoints), ['quay']);
});

test('limitRates() keeps everything as it was when a label is no rate', async () => {
  const { sandbox } = await setUp();
  sandbox.limitRates({ 'wharf.rate.out': '8mbit' }, netns);
  assert.throws(() => sandbox.limitRates({ 'wharf.rate.out': 'x' }, netns), /invalid rate/);
  assert.deepEqual(sandbox.endpoints.quay?.rates, { out: 1_000_000 });
});
