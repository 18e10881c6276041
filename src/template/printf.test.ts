import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPrintf } from './printf.ts';
import type { Value } from './values.ts';

const cases: readonly [format: string, args: Value[], expected: string][] = [
  ['%s|%5s|%-5s|%.2s', ['a', 'b', 'c', 'def'], 'a|    b|c    |de'],
  ['%d %5d %05d %+d', [1, 2, -3, 4], '1     2 -0003 +4'],
  ['%.2f %8.3f %g %e', [1.005, 2, 0.5, 12345], '1.00    2.000 0.5 1.234500e+04'],
  ['%v %v %v', [[1, 'a'], { b: 1 }, null], '[1 a] map[b:1] <nil>'],
  ['%q %x %X %t %%', ['a"b', 255, 'hi', true], '"a\\"b" ff 6869 true %'],
  ['%d', ['a'], '%!d(string=a)'],
  ['%s', [], '%!s(MISSING)'],
  ['a', [1], 'a%!(EXTRA int=1)'],
  ['%*d|', [4, 7], '   7|'],
];

for (const [format, args, expected] of cases) {
  test(`formatPrintf(${JSON.stringify(format)}) as Go`, () =>
    assert.equal(formatPrintf(format, args), expected));
}
