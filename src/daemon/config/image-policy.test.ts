import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveImagePolicy } from './image-policy.ts';

test('resolveImagePolicy() lets nothing go by itself unless it is told', () => {
  assert.deepEqual(resolveImagePolicy({}), { keep: [] });
  assert.deepEqual(resolveImagePolicy({ imageKeep: ['base:*'] }), { keep: ['base:*'] });
});

test('resolveImagePolicy() fills in the marks that are not told', () => {
  const day = 24 * 3600 * 1000;
  const marksOf = (imageWaterMarks: Record<string, string>) =>
    resolveImagePolicy({ imageWaterMarks }).waterMarks;
  assert.deepEqual(marksOf({ high: '90%' }), { highPercent: 90, lowPercent: 70, unusedForMs: day });
  assert.deepEqual(marksOf({ low: '50', 'unused-for': '2w' }), {
    highPercent: 85,
    lowPercent: 50,
    unusedForMs: 14 * day,
  });
});

test('resolveImagePolicy() refuses what makes no sense', () => {
  const refusals: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ high: '60%' }, /low must be below high$/],
    [{ high: '120%' }, /not a percentage: 120%$/],
    [{ low: 'x' }, /not a percentage: x$/],
    [{ hihg: '90%' }, /no such mark: hihg$/],
    [{ 'unused-for': 'long' }, /invalid duration: "long"$/],
    [{ constructor: '1' }, /no such mark: constructor$/],
  ];
  for (const [imageWaterMarks, text] of refusals) {
    assert.throws(() => resolveImagePolicy({ imageWaterMarks }), text);
  }
});
