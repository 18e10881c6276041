import assert from 'node:assert/strict';
import { test } from 'node:test';
import { humanDuration } from './human-duration.ts';

test('humanDuration() rounds as Docker does', () => {
  const seconds: readonly [number, string][] = [
    [0.5, 'Less than a second'],
    [1, '1 second'],
    [59, '59 seconds'],
    [60, 'About a minute'],
    [3599, '59 minutes'],
    [3600, 'About an hour'],
    [3600 * 47, '47 hours'],
    [3600 * 48, '2 days'],
    [3600 * 24 * 20, '2 weeks'],
    [3600 * 24 * 100, '3 months'],
    [3600 * 24 * 800, '2 years'],
  ];
  for (const [duration, words] of seconds) assert.equal(humanDuration(duration * 1000), words);
});
