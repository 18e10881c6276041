import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMetadata } from '#store/metadata';
import { NetworkTable } from './network-table.ts';

const table =
  'CREATE TABLE network (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_ns INTEGER NOT NULL, document TEXT NOT NULL) STRICT';

test('networks of IPv4 alone, as the first Wharf stored them, get the form of those of both families', () => {
  const metadata = openMetadata(':memory:');
  metadata.migrate('networks', [table]);
  const insert = 'INSERT INTO network VALUES (?, ?, ?, ?)';
  const bridge = {
    device: 'br-1',
    subnet: '10.0.0.0/24',
    gateway: '10.0.0.1',
    range: '10.0.0.8/29',
    mtu: 1500,
  };
  const common = { driver: 'bridge', createdNs: '1', internal: false, options: {} };
  const { range: _range, ...withoutRange } = bridge;
  metadata.run(insert, 'a', 'shop', 1, JSON.stringify({ ...common, id: 'a', name: 'shop', bridge }));
  metadata.run(
    insert,
    'b',
    'yard',
    2,
    JSON.stringify({ ...common, id: 'b', name: 'yard', bridge: withoutRange }),
  );
  metadata.run(insert, 'c', 'host', 3, JSON.stringify({ ...common, id: 'c', name: 'host' }));
  const [shop, yard, host] = new NetworkTable(metadata).all();
  const pool = {
    family: 4,
    subnet: '10.0.0.0/24',
    gateway: '10.0.0.1',
    impliedGateway: false,
    configured: true,
    auxiliary: {},
  };
  assert.deepEqual(shop?.pools, [{ ...pool, range: '10.0.0.8/29' }]);
  assert.deepEqual(yard?.pools, [pool]);
  assert.deepEqual([shop?.ipv4, shop?.ipv6, host?.pools, host?.bridge], [true, false, [], undefined]);
  assert.deepEqual(yard?.bridge, {
    device: 'br-1',
    mtu: 1500,
    gatewayModes: { ipv4: 'nat', ipv6: 'nat' },
    trustedInterfaces: [],
    sourceAddresses: {},
    interfacePrefix: 'eth',
    withoutIpv4: false,
  });
});
