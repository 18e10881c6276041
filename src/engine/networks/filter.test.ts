import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Filter } from '#base';
import { compileNetworkFilter } from './filter.ts';
import { newNetwork } from './predefined.ts';
import type { NetworkRecord } from './types.ts';

function network(name: string, labels: Readonly<Record<string, string>> = {}): NetworkRecord {
  const driver = name === 'host' ? 'host' : 'bridge';
  return { ...newNetwork(name, driver), id: `${name}-id`, labels };
}
const all = [network('bridge'), network('host'), network('shop_web', { tier: 'web' }), network('shop_db')];

function matching(filter: Filter): string[] {
  const passes = compileNetworkFilter(filter, ({ name }) => name === 'shop_db');
  return all.filter(passes).map(({ name }) => name);
}

const cases: readonly (readonly [filter: Filter, names: readonly string[]])[] = [
  [{}, ['bridge', 'host', 'shop_web', 'shop_db']],
  [{ name: ['shop'] }, ['shop_web', 'shop_db']],
  [{ name: ['web', 'bridge'], driver: ['bridge'] }, ['bridge', 'shop_web']],
  [{ id: ['shop_d'] }, ['shop_db']],
  [{ label: ['tier=web'] }, ['shop_web']],
  [{ type: ['custom'] }, ['shop_web', 'shop_db']],
  [{ type: ['builtin'], driver: ['host'] }, ['host']],
  [{ dangling: ['true'] }, ['shop_web']],
  [{ scope: ['swarm'] }, []],
];
for (const [filter, names] of cases) {
  test(`compileNetworkFilter() finds [${names}] by ${JSON.stringify(filter)}`, () => {
    assert.deepEqual(matching(filter), names);
  });
}

test('compileNetworkFilter() refuses unknown keys and types', () => {
  assert.throws(() => matching({ colour: ['red'] }), /invalid filter 'colour'/);
  assert.throws(() => matching({ type: ['swarm'] }), /invalid filter: 'type'='swarm'$/);
  assert.throws(() => matching({ dangling: ['x'] }), /invalid value for filter 'dangling', must be "true"/);
  assert.throws(() => matching({ dangling: ['1', '0'] }), /more than one value for filter key "dangling"$/);
});
