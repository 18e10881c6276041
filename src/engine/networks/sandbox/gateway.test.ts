import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointState } from '../types.ts';
import { gatewayOf, publishingNetwork } from './gateway.ts';

function endpoint(ipv4: string | undefined, ipv6?: string, gatewayPriority = 0): EndpointState {
  const at = (gateway: string | undefined) =>
    gateway === undefined ? undefined : { address: 'x', prefixLength: 24, gateway };
  return {
    networkId: '',
    endpointId: '',
    ipv4: at(ipv4),
    ipv6: at(ipv6),
    macAddress: '',
    linkLocal: [],
    device: '',
    index: 0,
    hostDevice: '',
    aliases: [],
    links: [],
    gatewayPriority,
    driverOptions: {},
  };
}

test('gatewayOf() takes the highest priority, then the name that comes first, of those that lead out', () => {
  const [pier, quay] = [endpoint('10.0.1.1'), endpoint('10.0.2.1')];
  assert.equal(gatewayOf('ipv4', { quay, pier }), pier);
  const high = endpoint('10.0.3.1', undefined, 1);
  assert.equal(gatewayOf('ipv4', { quay, pier, zone: high }), high);
  const inner = endpoint('', undefined, 9);
  assert.equal(gatewayOf('ipv4', { inner, quay }), quay);
  assert.equal(gatewayOf('ipv4', { inner }), undefined);
});

test('gatewayOf() chooses for each family by itself', () => {
  const [plain, dual] = [endpoint('10.0.1.1'), endpoint('10.0.2.1', 'fd00::1')];
  assert.equal(gatewayOf('ipv4', { a: plain, b: dual }), plain);
  assert.equal(gatewayOf('ipv6', { a: plain, b: dual }), dual);
});

test('publishingNetwork() is the one that leads out, by IPv4 if any does', () => {
  assert.equal(
    publishingNetwork({ six: endpoint(undefined, 'fd00::1', 5), four: endpoint('10.0.1.1') }),
    'four',
  );
  assert.equal(publishingNetwork({ six: endpoint(undefined, 'fd00::1') }), 'six');
  assert.equal(publishingNetwork({ inner: endpoint('') }), undefined);
});
