import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimestamp, nowNs, parseTimestamp } from './time.ts';

test('formatTimestamp() prints only the digits that are needed', () => {
  assert.equal(formatTimestamp(1_700_000_000_000_000_000n), '2023-11-14T22:13:20Z');
  assert.equal(formatTimestamp(1_700_000_000_120_000_000n), '2023-11-14T22:13:20.12Z');
  assert.equal(formatTimestamp(1_700_000_000_000_000_001n), '2023-11-14T22:13:20.000000001Z');
  assert.equal(formatTimestamp(0n), '0001-01-01T00:00:00Z');
});

test('parseTimestamp() reads what formatTimestamp() writes, and zones', () => {
  for (const timeNs of [0n, 1_700_000_000_000_000_001n, 1_700_000_000_120_000_000n]) {
    assert.equal(parseTimestamp(formatTimestamp(timeNs)), timeNs);
  }
  assert.equal(parseTimestamp('2023-11-14T23:13:20+01:00'), 1_700_000_000_000_000_000n);
  assert.throws(() => parseTimestamp('yesterday'), /invalid time/);
});

test('nowNs() grows with every call', () => {
  const times = Array.from({ length: 100 }, nowNs);
  assert.deepEqual(times.toSorted(), times);
  assert.equal(new Set(times).size, times.length);
});
