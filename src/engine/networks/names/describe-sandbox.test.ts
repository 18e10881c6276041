import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointState, NetworkRecord } from '../types.ts';
import { describeSandbox, namesOn } from './describe-sandbox.ts';

const owner = { containerId: `${'ab'.repeat(6)}cd`, containerName: 'web', hostname: 'abababababab' };
const wishes = { hostname: 'www', servers: [], hostAddresses: [], shimDirectory: '/run/x' };

function endpoint(networkId: string, changes: Partial<EndpointState> = {}): EndpointState {
  return {
    ...{
      networkId,
      endpointId: 'e',
      macAddress: '',
      linkLocal: [],
      device: 'eth0',
      index: 16,
      hostDevice: '',
    },
    ipv4: { address: '10.0.0.2', prefixLength: 24, gateway: '10.0.0.1' },
    ipv6: { address: 'fd00::2', prefixLength: 64, gateway: 'fd00::1' },
    ...{ aliases: [], gatewayPriority: 0, driverOptions: {} },
    ...changes,
  };
}

const networks: Readonly<Record<string, Pick<NetworkRecord, 'id' | 'name' | 'internal'>>> = {
  n1: { id: 'n1', name: 'pair', internal: false },
  n2: { id: 'n2', name: 'inner', internal: true },
  n3: { id: 'n3', name: 'bridge', internal: false },
};
const networkOf = (id: string) => networks[id] ?? { id, name: id, internal: false };

test('namesOn() tells every name once, and none on the default bridge', () => {
  assert.deepEqual(namesOn({ name: 'pair' }, { aliases: ['app', 'web'] }, owner), [
    'web',
    'app',
    'abababababab',
  ]);
  assert.deepEqual(namesOn({ name: 'bridge' }, { aliases: ['app'] }, owner), []);
});

test('describeSandbox() tells names and addresses of each network, links, and what the host is', () => {
  const record = {
    containerId: owner.containerId,
    containerName: 'web',
    endpoints: {
      inner: endpoint('n2', {
        ipv4: { address: '10.9.0.2', prefixLength: 24, gateway: '' },
        ipv6: undefined,
      }),
      pair: endpoint('n1', { aliases: ['app'], links: ['store:db', 'cache'] }),
    },
  };
  assert.deepEqual(describeSandbox(record, wishes, networkOf), {
    containerId: owner.containerId,
    endpoints: [
      {
        networkId: 'n2',
        networkName: 'inner',
        names: ['web', 'abababababab', 'www'],
        addresses: ['10.9.0.2'],
      },
      {
        networkId: 'n1',
        networkName: 'pair',
        names: ['web', 'app', 'abababababab', 'www'],
        addresses: ['10.0.0.2', 'fd00::2'],
      },
    ],
    links: [
      { networkId: 'n1', target: 'store', alias: 'db' },
      { networkId: 'n1', target: 'cache', alias: 'cache' },
    ],
    forwards: true,
    servers: [],
    hostAddresses: ['10.0.0.1'],
  });
});

test('describeSandbox() forwards nothing from internal networks only, and takes the host’s addresses as told', () => {
  const record = { ...owner, endpoints: { inner: endpoint('n2') } };
  const told = describeSandbox(record, { ...wishes, hostAddresses: ['192.0.2.9'] }, networkOf);
  assert.equal(told.forwards, false);
  assert.deepEqual(told.hostAddresses, ['192.0.2.9']);
});

test('describeSandbox() has the resolver ask others, and never itself', () => {
  const asked = { ...wishes, servers: ['127.0.0.11', '10.0.0.53'] };
  const record = {
    containerId: owner.containerId,
    containerName: 'web',
    endpoints: { pair: endpoint('n1') },
  };
  assert.deepEqual(describeSandbox(record, asked, networkOf).servers, ['10.0.0.53']);
});
