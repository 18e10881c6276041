import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUnixMoment } from './time.ts';

test('parseUnixMoment() reads seconds with a fraction', () => {
  for (const text of [null, '', '0']) assert.equal(parseUnixMoment(text), undefined);
  assert.equal(parseUnixMoment('1.5'), 1_500_000_000n);
  assert.equal(parseUnixMoment('1.000000001999'), 1_000_000_001n);
  assert.equal(parseUnixMoment('-5'), -5_000_000_000n);
  assert.equal(parseUnixMoment('9223372036854775807'), (1n << 63n) - 1n);
});

test('parseUnixMoment() refuses the rest in the words of Go', () => {
  const refuses = (text: string, problem: string) =>
    assert.throws(() => parseUnixMoment(text), { message: `strconv.ParseInt: parsing ${problem}` });
  refuses('x', '"x": invalid syntax');
  refuses('1.2.3', '"2.3": invalid syntax');
  refuses('1.', '"": invalid syntax');
  refuses('99999999999999999999', '"99999999999999999999": value out of range');
});
