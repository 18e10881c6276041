import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newNetwork } from './predefined.ts';
import { RunningNetworks } from './running-networks.ts';
import { FakeNetworkHost } from './testing/fake-host.ts';

test('a parent that networks have made goes with the last of them', async () => {
  const host = new FakeNetworkHost();
  host.devices.push('eth9', 'eth9.7');
  const running = new RunningNetworks(host);
  const parent = { driver: 'macvlan', mode: 'bridge', parent: 'eth9.7', made: 'vlan' } as const;
  const [left, right] = ['left', 'right'].map((name) => ({ ...newNetwork(name, 'macvlan'), parent }));
  if (left === undefined || right === undefined) throw new Error('two networks');
  for (const record of [left, right]) running.run(record);
  await running.remove(left);
  assert.deepEqual(host.devices, ['eth9', 'eth9.7']);
  await running.remove(right);
  assert.deepEqual(host.devices, ['eth9']);
});
