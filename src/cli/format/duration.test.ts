import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration, tryParseDuration } from './duration.ts';

test('parseDuration() reads Go durations', () => {
  assert.deepEqual(
    ['0', '1.5s', '1h2m', '-3ms', '10µs'].map((text) => tryParseDuration(text)),
    [0, 1.5e9, 3720e9, -3e6, 10e3],
  );
});

test('parseDuration() refuses in Go words', () => {
  assert.throws(() => parseDuration('5'), { message: 'time: missing unit in duration "5"' });
  assert.throws(() => parseDuration('x'), { message: 'time: invalid duration "x"' });
});
