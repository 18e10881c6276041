import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBridgeOptions } from './bridge-options.ts';

const prefix = 'com.docker.network';
const read = (options: Readonly<Record<string, string>>, internal = false) =>
  readBridgeOptions(
    Object.fromEntries(Object.entries(options).map(([name, value]) => [`${prefix}.${name}`, value])),
    { device: 'br-1', internal },
  );

test('readBridgeOptions() has a default for everything', () => {
  assert.deepEqual(
    readBridgeOptions(
      { parent: 'eth0', [`${prefix}.bridge.unknown`]: 'x' },
      { device: 'br-1', internal: false },
    ),
    {
      device: 'br-1',
      mtu: 1500,
      masquerade: true,
      interContainer: true,
      defaultBinding: '0.0.0.0',
      gatewayModes: { ipv4: 'nat', ipv6: 'nat' },
      sourceAddresses: { ipv4: undefined, ipv6: undefined },
      trustedInterfaces: [],
      interfacePrefix: 'eth',
      withoutIpv4: false,
    },
  );
});

test('readBridgeOptions() reads every option of the driver', () => {
  const settings = read({
    'bridge.name': 'harbour',
    'driver.mtu': '1400',
    'bridge.enable_ip_masquerade': '0',
    'bridge.enable_icc': 'false',
    'bridge.host_binding_ipv4': '127.0.0.1',
    'bridge.gateway_mode_ipv4': 'nat-unprotected',
    'bridge.gateway_mode_ipv6': 'routed',
    'bridge.inhibit_ipv4': 'true',
    'bridge.trusted_host_interfaces': 'eth0:eth1',
    container_iface_prefix: 'net',
    host_ipv4: '10.0.0.1',
    host_ipv6: 'fd00::1',
  });
  assert.deepEqual(settings, {
    device: 'harbour',
    mtu: 1400,
    masquerade: false,
    interContainer: false,
    defaultBinding: '127.0.0.1',
    gatewayModes: { ipv4: 'nat-unprotected', ipv6: 'routed' },
    sourceAddresses: { ipv4: '10.0.0.1', ipv6: 'fd00::1' },
    trustedInterfaces: ['eth0', 'eth1'],
    interfacePrefix: 'net',
    withoutIpv4: true,
  });
});

test('readBridgeOptions() takes what is empty, and an MTU of 0, as not given', () => {
  const { device, mtu, interfacePrefix } = read({
    'bridge.name': '',
    'driver.mtu': '0',
    container_iface_prefix: '',
  });
  assert.deepEqual([device, mtu, interfacePrefix], ['br-1', 1500, 'eth']);
});

test('readBridgeOptions() takes the mode isolated for internal networks alone', () => {
  assert.equal(read({ 'bridge.gateway_mode_ipv6': 'isolated' }, true).gatewayModes.ipv6, 'isolated');
  assert.throws(() => read({ 'bridge.gateway_mode_ipv6': 'isolated' }), {
    message: "gateway mode 'isolated' can only be used for an internal network",
  });
});

for (const [name, value, reason] of [
  ['bridge.enable_icc', 'x', 'strconv.ParseBool: parsing "x": invalid syntax'],
  ['bridge.host_binding_ipv4', 'x', 'nil ip'],
  ['bridge.gateway_mode_ipv4', 'x', 'unknown gateway mode x'],
  ['driver.mtu', 'much', 'strconv.Atoi: parsing "much": invalid syntax'],
  ['host_ipv6', '', 'nil ip'],
  ['host_ipv4', 'fd00::1', 'nil ip'],
] as const) {
  test(`readBridgeOptions() refuses ${name}=${value}`, () => {
    const message = `failed to parse ${prefix}.${name} value: ${value} (${reason})`;
    assert.throws(() => read({ [name]: value }), { message });
  });
}

for (const [name, value, message] of [
  ['driver.mtu', '-1', 'invalid MTU number: -1'],
  ['driver.mtu', '65536', 'invalid MTU number: 65536'],
  ['bridge.name', 'a/b', 'invalid interface name "a/b"'],
  ['bridge.name', 'sixteen-letters-', 'invalid interface name "sixteen-letters-"'],
  ['bridge.name', 'häfenhäfenhäfen', 'invalid interface name "häfenhäfenhäfen"'],
  ['bridge.name', 'a\0', 'invalid interface name "a\\u0000"'],
  ['bridge.name', '..', 'invalid interface name ".."'],
  ['container_iface_prefix', 'much-too-long', 'invalid interface prefix "much-too-long"'],
] as const) {
  test(`readBridgeOptions() refuses ${name}=${value}`, () => {
    assert.throws(() => read({ [name]: value }), { message });
  });
}
