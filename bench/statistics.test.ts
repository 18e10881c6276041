import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from './results.ts';
import { median, pairedRatio, quartiles } from './statistics.ts';

const inRound = (round: number, ...values: number[]): Measurement => ({
  name: 'run',
  unit: 'ms',
  program: 'any',
  round,
  values,
  failures: 0,
  load: 0,
});

test('median() lies between the two middle values of an even number', () => {
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([5]), 5);
});

test('quartiles() of nothing are no numbers', () => {
  assert.deepEqual(quartiles([1, 2, 3, 4, 5]), { low: 2, median: 3, high: 4 });
  assert.ok(Number.isNaN(quartiles([]).median));
});

test('pairedRatio() divides round by round, so that a slow round counts for both', () => {
  const base = [inRound(0, 10), inRound(1, 100), inRound(2, 10)];
  const subject = [inRound(0, 2), inRound(1, 20), inRound(2, 1, 3, 5)];
  assert.deepEqual(pairedRatio(subject, base), { low: 0.2, median: 0.2, high: 0.3 });
});

test('pairedRatio() leaves out rounds that only one took part in', () => {
  assert.deepEqual(pairedRatio([inRound(0, 1), inRound(1, 1)], [inRound(1, 2)]), {
    low: 0.5,
    median: 0.5,
    high: 0.5,
  });
  assert.equal(pairedRatio([inRound(0, 1)], []), undefined);
});
