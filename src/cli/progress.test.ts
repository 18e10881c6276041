import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressBar } from './progress.ts';

test('progressBar() draws a bar where there is room', () => {
  assert.equal(
    progressBar({ current: 512, total: 2048 }, 150),
    '[============>                                      ]     512B/2.048kB',
  );
  assert.equal(progressBar({ current: 512, total: 2048 }, 80), '    512B/2.048kB');
});

test('progressBar() is empty before the first count and shows a count without total', () => {
  assert.equal(progressBar({}, 150), '');
  assert.equal(progressBar({ current: 1000 }, 150), '     1kB');
  assert.equal(progressBar({ current: 3, units: 's' }, 150), '3 s');
  assert.equal(progressBar({ current: 3, total: 9, units: 'blobs' }, 80), '3/9 blobs');
  assert.equal(progressBar({ current: 3, total: 9, hidecounts: true }, 80), '');
  assert.equal(progressBar({ current: 9000, total: 9 }, 80), '     9kB');
});
