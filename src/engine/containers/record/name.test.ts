import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeUpName, parseName } from './name.ts';
import { adjectives, surnames } from './words.ts';

test('parseName() takes names with or without a slash', () => {
  assert.equal(parseName('/web-1.a_b'), 'web-1.a_b');
  assert.equal(parseName('db'), 'db');
});

test("parseName() refuses other characters and single ones with Docker's text", () => {
  for (const bad of ['a', '-web', 'we b', 'a/b', '', '/']) {
    assert.throws(
      () => parseName(bad),
      new RegExp(`Invalid container name \\(${bad}\\), only \\[a-zA-Z0-9\\]\\[a-zA-Z0-9_.-\\] are allowed`),
    );
  }
});

test('makeUpName() joins an adjective and a surname, and avoids taken names', () => {
  assert.match(
    makeUpName(() => false),
    /^[a-z]+_[a-z]+$/,
  );
  let asked = 0;
  assert.match(
    makeUpName(() => asked++ < 8),
    /^[a-z]+_[a-z]+\d+$/,
  );
});

test('the word lists hold no word twice', () => {
  for (const words of [adjectives, surnames]) assert.equal(new Set(words).size, words.length);
});
