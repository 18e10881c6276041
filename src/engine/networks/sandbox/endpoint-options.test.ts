import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameDevice, sysctlProblems, sysctlsOf } from './endpoint-options.ts';

const naming = { prefix: 'eth', hostDevice: 'veth1' };
const ifname = (name: string) => ({ 'com.docker.network.endpoint.ifname': name });
const sysctls = (text: string) => ({ 'com.docker.network.endpoint.sysctls': text });
const taken = new Set(['eth0', 'eth2']);

test('nameDevice() takes the lowest number that is free, or the wished name', () => {
  assert.equal(nameDevice({}, naming, new Set()), 'eth0');
  assert.equal(nameDevice({}, naming, taken), 'eth1');
  assert.equal(nameDevice(ifname('sea0'), naming, taken), 'sea0');
});

for (const [name, problem] of [
  ['eth2', 'file exists'],
  ['lo', 'file exists'],
  ['all', 'invalid argument'],
  ['sixteen-letters0', 'numerical result out of range'],
  ['a/b', 'invalid argument'],
  ['a b', 'invalid argument'],
  ['a%d', 'invalid argument'],
  ['..', 'invalid argument'],
  ['', 'invalid argument'],
] as const) {
  test(`nameDevice() says of ${JSON.stringify(name)}: ${problem}`, () => {
    const text = `failed to add interface veth1 to sandbox: error renaming interface "veth1" to "${name}": ${problem}`;
    assert.throws(() => nameDevice(ifname(name), naming, taken), { message: text });
  });
}

test('sysctlsOf() puts the device where IFNAME was', () => {
  const driverOptions = sysctls('net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.ifname.accept_ra=2');
  assert.deepEqual(sysctlsOf({ driverOptions, device: 'eth0.1' }), {
    'net/ipv4/conf/eth0.1/log_martians': '1',
    'net/ipv6/conf/eth0.1/accept_ra': '2',
  });
  assert.deepEqual(sysctlsOf({ driverOptions: {}, device: 'eth0' }), {});
});

test('sysctlProblems() lets nothing by but parameters of the endpoint’s own device', () => {
  for (const text of [
    'kernel.domainname=x',
    'net.ipv4.conf.eth0.log_martians=1',
    'net.ipv4.conf.IFNAME.log_martians',
    'net.ipv4.conf.IFNAME.../../../kernel/x=1',
    'net/ipv4/conf/IFNAME/log_martians=1',
    'net.core.conf.IFNAME.x=1',
  ]) {
    assert.equal(sysctlProblems(sysctls(text)).length, 1, text);
  }
});
