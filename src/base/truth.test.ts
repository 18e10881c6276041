import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTruth } from './truth.ts';

test('parseTruth() reads what Go does, and nothing else', () => {
  for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.equal(parseTruth(text), true);
  for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) assert.equal(parseTruth(text), false);
  for (const text of ['', 'yes', 'tRUE', ' 1']) {
    const message = `strconv.ParseBool: parsing "${text}": invalid syntax`;
    assert.throws(() => parseTruth(text), { kind: 'invalid', message });
  }
});
