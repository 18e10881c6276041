import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readParentOptions, splitVlan } from './parent-options.ts';

const host = {
  closed: 'dm-1',
  hasDevice: (name: string) => name === 'eth9' || name === 'eth9.7',
  parents: [],
};

test('readParentOptions() takes a device of the host, a VLAN of one that is to be made, or one that leads nowhere', () => {
  assert.deepEqual(readParentOptions('macvlan', { parent: 'eth9' }, host), {
    driver: 'macvlan',
    mode: 'bridge',
    parent: 'eth9',
    made: 'nothing',
  });
  const made = (parent?: string) => {
    const options = { macvlan_mode: 'private', ...(parent && { parent }) };
    const settings = readParentOptions('macvlan', options, host);
    return [settings.parent, settings.made];
  };
  assert.deepEqual(made('eth9.7'), ['eth9.7', 'nothing']);
  assert.deepEqual(made('eth9.10'), ['eth9.10', 'vlan']);
  assert.deepEqual(made(), ['dm-1', 'closed']);
  assert.deepEqual(readParentOptions('ipvlan', { ipvlan_mode: 'l3', ipvlan_flag: 'vepa' }, host), {
    driver: 'ipvlan',
    mode: 'l3',
    flag: 'vepa',
    parent: 'dm-1',
    made: 'closed',
  });
});

for (const [driver, options, message] of [
  ['macvlan', { parent: 'lo' }, 'loopback interface is not a valid macvlan parent link'],
  ['macvlan', { parent: 'eth8' }, 'invalid subinterface vlan name eth8, example formatting is eth0.10'],
  [
    'macvlan',
    { parent: 'eth9.4095' },
    'invalid subinterface vlan name eth9.4095, example formatting is eth0.10',
  ],
  ['ipvlan', { parent: 'eth8.10' }, '-o parent interface was not found on the host: eth8'],
  [
    'macvlan',
    { macvlan_mode: 'toString' },
    "requested macvlan mode 'toString' is not valid, 'bridge' mode is the macvlan driver default",
  ],
] as const) {
  test(`readParentOptions() refuses ${JSON.stringify(options)} for ${driver}`, () => {
    assert.throws(() => readParentOptions(driver, options, host), { message });
  });
}

test('readParentOptions() knows a device that another network has made', () => {
  const other = { driver: 'macvlan', mode: 'vepa', parent: 'eth9.7', made: 'vlan' } as const;
  assert.equal(
    readParentOptions('macvlan', { parent: 'eth9.7' }, { ...host, parents: [other] }).made,
    'vlan',
  );
});

test('splitVlan() reads a number from 1 to 4094 behind the last dot', () => {
  assert.deepEqual(splitVlan('a.b.4094'), { base: 'a.b', id: 4094 });
  for (const name of ['eth0', 'eth0.0', 'eth0.x', '.5']) assert.equal(splitVlan(name), undefined, name);
});
