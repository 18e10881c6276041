import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryParseDuration } from './duration.ts';

test('tryParseDuration() reads Go durations', () => {
  assert.deepEqual(
    ['0', '1.5s', '1h2m', '-3ms', '10µs'].map((text) => tryParseDuration(text)),
    [0, 1.5e9, 3720e9, -3e6, 10e3],
  );
  assert.equal(tryParseDuration('5'), undefined);
});
