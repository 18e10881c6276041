import assert from 'node:assert/strict';
import { test } from 'node:test';
import { swapIds, tryParseIdMap } from './id-map.ts';

test('tryParseIdMap() reads ranges of users and groups', () => {
  assert.equal(tryParseIdMap('ro'), undefined);
  assert.equal(tryParseIdMap('idmapped'), undefined);
  assert.equal(tryParseIdMap('idmap'), 'user');
  const first = { from: 0, to: 1000, count: 1 };
  const second = { from: 1000, to: 0, count: 5 };
  assert.deepEqual(tryParseIdMap('idmap=uids=0-1000-1'), { uids: [first], gids: [first] });
  assert.deepEqual(tryParseIdMap('idmap=uids=0-1000-1#1000-0-5;gids=1000-0-5'), {
    uids: [first, second],
    gids: [second],
  });
});

test('tryParseIdMap() refuses what is no range', () => {
  for (const word of [
    'idmap=',
    'idmap=1',
    'idmap=uids=0-1-0',
    'idmap=uids=0-1',
    'idmap=gids=0-1-1',
    'idmap=uids=1-2-4294967295',
  ]) {
    assert.throws(() => tryParseIdMap(word), { message: `invalid mode: ${word}` });
  }
});

test('swapIds() maps every id once', () => {
  const show = (a: number, b: number) => swapIds(a, b).map(({ from, to, count }) => `${from}-${to}-${count}`);
  assert.deepEqual(show(0, 0), ['0-0-4294967295']);
  assert.deepEqual(show(0, 1), ['0-1-1', '1-0-1', '2-2-4294967293']);
  assert.deepEqual(show(1000, 0), ['0-1000-1', '1-1-999', '1000-0-1', '1001-1001-4294966294']);
  assert.deepEqual(show(5, 7), ['0-0-5', '5-7-1', '6-6-1', '7-5-1', '8-8-4294967287']);
});
