import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileIgnore, readIgnoreFile } from './ignore.ts';

const ignored = (patterns: readonly string[], path: string) => compileIgnore(patterns).ignores(path);

test('readIgnoreFile() drops comments, blanks and leading slashes', () => {
  const text = '\uFEFF# comment\n\n  /a/../b/  \r\n! /c\n #d\n/\n./e//f\n';
  assert.deepEqual(readIgnoreFile(text), ['b', '!c', '#d', '/', 'e/f']);
});

test('compileIgnore() matches as the client does', () => {
  const cases: readonly (readonly [patterns: string, path: string, expected: boolean])[] = [
    ['a', 'a', true],
    ['a', 'a/b', true],
    ['a', 'b/a', false],
    ['**/a', 'b/c/a', true],
    ['**/a', 'a', true],
    ['**', 'a/b', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['a/**/d', 'a/d', true],
    ['a/**/d', 'a/b/c/d', true],
    ['*.md', 'x.md', true],
    ['*.md', 'a/x.md', false],
    ['*/*.md', 'a/x.md', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a.b', 'axb', false],
    ['a|!a/b', 'a/b', false],
    ['a|!a/b', 'a/c', true],
    ['a|!a/b|a/b/c', 'a/b/c', true],
    ['*|!x', 'x/y', false],
    ['.', 'a', false],
  ];
  for (const [patterns, path, expected] of cases) {
    assert.equal(ignored(patterns.split('|'), path), expected, `${patterns} ${path}`);
  }
});

test('compileIgnore() looks below an ignored directory only for exceptions', () => {
  const rules = compileIgnore(['a', 'b', '!a/keep/x', '!**/deep']);
  assert.equal(rules.ignoresAllBelow('a'), false);
  assert.equal(compileIgnore(['a', '!b/x']).ignoresAllBelow('a'), true);
  assert.equal(compileIgnore(['*', '!*/x']).ignoresAllBelow('q'), false);
  assert.equal(compileIgnore(['a']).ignoresAllBelow('b'), false);
});

test('compileIgnore() refuses what is no pattern', () => {
  assert.throws(() => compileIgnore(['!']), { message: 'illegal exclusion pattern: "!"' });
  assert.throws(() => compileIgnore(['a[z-a]']), { message: 'syntax error in pattern: a[z-a]' });
});
