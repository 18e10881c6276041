import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNetworks } from './networks.ts';
import { failsWith, joinRequest, setUp, web } from './testing/set-up.ts';

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
