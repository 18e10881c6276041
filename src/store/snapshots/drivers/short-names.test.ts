import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiffId } from '#base';
import { ShortNames } from './short-names.ts';

const first = `sha256:${'ab'.repeat(6)}${'1'.repeat(52)}` as DiffId;
const second = `sha256:${'ab'.repeat(6)}${'2'.repeat(52)}` as DiffId;

test('ShortNames gives twelve digits, and more to a layer whose digits are taken', () => {
  const names = new ShortNames();
  assert.equal(names.nameOf(first), 'abababababab');
  assert.equal(names.nameOf(second), 'abababababab2');
  assert.equal(names.nameOf(first), 'abababababab');
  assert.equal(names.nameOf(second), 'abababababab2');
});

test('ShortNames keeps an adopted name until it is freed', () => {
  const names = new ShortNames();
  names.adopt('abababababab', second);
  assert.equal(names.nameOf(first), 'abababababab1');
  names.free(second);
  assert.equal(names.nameOf(second), 'abababababab');
});
