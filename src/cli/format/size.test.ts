import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binarySize, decimalSize, parseSize } from './size.ts';

test('parseSize() reads units of 1024 in any case', () => {
  for (const [text, size] of Object.entries({
    100: 100,
    '1b': 1,
    '4k': 4096,
    '2KiB': 2048,
    '1.5 MB': 1572864,
    '1g': 2 ** 30,
  })) {
    assert.equal(parseSize(text), size, text);
  }
});

test('parseSize() refuses in the stock words', () => {
  assert.throws(() => parseSize('x'), { message: "invalid size: 'x'" });
  assert.throws(() => parseSize('-1'), { message: "invalid size: '-1'" });
  assert.throws(() => parseSize('4x'), { message: "invalid suffix: 'x'" });
});

test('decimalSize() and binarySize() keep significant digits', () => {
  assert.deepEqual(
    [decimalSize(0), decimalSize(999), decimalSize(12345678, 3), decimalSize(4260000), decimalSize(1e12, 3)],
    ['0B', '999B', '12.3MB', '4.26MB', '1TB'],
  );
  assert.deepEqual(
    [binarySize(8321654784), binarySize(1536), binarySize(720896)],
    ['7.75GiB', '1.5KiB', '704KiB'],
  );
});
