import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimeFlag } from './times.ts';

const now = Date.UTC(2025, 0, 2, 3, 4, 5);

test('parseTimeFlag() counts durations back from now', () => {
  assert.equal(parseTimeFlag('10m', now), `${now / 1000 - 600}.000000000`);
});

test('parseTimeFlag() reads dates with time and zone, and seconds', () => {
  assert.equal(parseTimeFlag('2025-01-02T03:04:05.25Z'), '1735787045.250000000');
  assert.equal(parseTimeFlag('2025-01-02T04:04:05+01:00'), '1735787045.000000000');
  assert.equal(parseTimeFlag('1735787045.5'), '1735787045.5');
});

test('parseTimeFlag() takes a date without zone in the zone of the user', () => {
  const midnight = new Date(2025, 0, 2).getTime() / 1000;
  assert.equal(parseTimeFlag('2025-01-02'), `${midnight}.000000000`);
});

test('parseTimeFlag() refuses in the stock words', () => {
  assert.throws(() => parseTimeFlag('foo'), { message: 'failed to parse value as time or duration: "foo"' });
});
