import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, formatSubnet } from './address.ts';
import { routedSubnets } from './routed-subnets.ts';

const unicast = 1;
const local = 2;
const broadcast = 3;

function route(text: string, device: number, type = unicast) {
  const [address = '', length = ''] = text.split('/');
  return { destination: addressBytes(address), prefixLength: Number(length), device, type };
}

test('routedSubnets() takes both families, whatever the device, and addresses of the host', () => {
  const routes = [
    route('172.17.0.0/16', 2),
    route('10.8.0.0/24', 9),
    route('fd00:9::/64', 9),
    route('192.0.2.1/32', 2, local),
  ];
  const expected = ['172.17.0.0/16', '10.8.0.0/24', 'fd00:9::/64', '192.0.2.1/32'];
  assert.deepEqual(routedSubnets(routes).map(formatSubnet), expected);
});

test('routedSubnets() leaves out one device, broadcasts, link-local routes, and routes that stand for everything', () => {
  const routes = [
    route('0.0.0.0/0', 2),
    route('0.0.0.0/1', 9),
    route('128.0.0.0/1', 9),
    route('fc00::/7', 9),
    route('::/0', 2),
    route('10.0.0.255/32', 2, broadcast),
    route('fe80::/64', 2),
    route('172.18.0.0/16', 5),
    route('10.0.0.0/8', 9),
  ];
  assert.deepEqual(routedSubnets(routes, 5).map(formatSubnet), ['10.0.0.0/8']);
});
