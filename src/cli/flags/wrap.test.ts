import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bool, flagUsages, text } from './index.ts';
import { wrapText } from './wrap.ts';

test('wrapText() breaks at spaces and lets a last line be a little longer', () => {
  assert.equal(
    wrapText('Show the latest created container (includes all states)', 24, 79),
    'Show the latest created container (includes all\n                        states)',
  );
  assert.equal(
    wrapText('Keep STDIN open even if not attached', 41, 79),
    'Keep STDIN open even if not attached',
  );
});

test('wrapText() keeps line breaks of the text', () => {
  assert.equal(wrapText('one\ntwo', 4, 79), 'one\n    two');
});

test('wrapText() moves the text below when the column is too narrow', () => {
  assert.equal(wrapText('some words', 60, 79), '\n                some words');
});

test('flagUsages() sorts, aligns, names defaults and leaves hidden flags out', () => {
  const table = {
    quiet: bool('Only ids', 'q'),
    format: text('A format', { initial: 'table' }),
    secret: { ...bool('Never shown'), hidden: true },
  };
  assert.equal(
    flagUsages(table, 79),
    '      --format string   A format (default "table")\n  -q, --quiet           Only ids\n',
  );
});
