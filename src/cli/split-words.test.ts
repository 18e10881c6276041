import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitWords } from './split-words.ts';

test('splitWords() splits as a shell does', () => {
  const table: [line: string, words: string[]][] = [
    ['', []],
    ['  sleep   99 ', ['sleep', '99']],
    ["sh -c 'echo a; echo b'", ['sh', '-c', 'echo a; echo b']],
    ['nginx -g "daemon off;"', ['nginx', '-g', 'daemon off;']],
    ['a\\ b "c \\" d" e\'f g\'h', ['a b', 'c " d', 'ef gh']],
    ['"" x', ['', 'x']],
    ['"$HOME" \'*\'', ['$HOME', '*']],
  ];
  for (const [line, words] of table) assert.deepEqual(splitWords(line), words, line);
});

test('splitWords() refuses a quote that is not closed', () => {
  for (const line of ["echo 'a", 'echo "a', 'a\\']) assert.throws(() => splitWords(line), /unclosed quote/);
});
