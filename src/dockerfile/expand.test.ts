import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandWord, expandWords } from './expand.ts';

const variables = new Map([
  ['a', 'value'],
  ['empty', ''],
  ['path', '/usr/local/lib/x.tar.gz'],
  ['two', 'one  two'],
]);
const lookup = (name: string) => variables.get(name);
const expand = (text: string) => expandWord(text, lookup, { escapeToken: '\\' });

test('expandWord() takes quotes and escapes away and replaces variables', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['$a', 'value'],
    [`\${a}x`, 'valuex'],
    ['$a.b', 'value.b'],
    ['\\$a', '$a'],
    ["'$a'", '$a'],
    ['"$a b"', 'value b'],
    ['"a\\"b\\x"', 'a"b\\x'],
    ['a\\ b', 'a b'],
    ['$', '$'],
    ['$-', '$-'],
    ['$nope', ''],
    [`\${nope:-\${a}}`, 'value'],
    [`\${empty:-x}`, 'x'],
    [`\${empty-x}`, ''],
    [`\${nope-x y}`, 'x y'],
    [`\${a:+yes}`, 'yes'],
    [`\${empty:+yes}`, ''],
    [`\${empty+yes}`, 'yes'],
    [`\${a:?e}`, 'value'],
    [`\${path#*/}`, 'usr/local/lib/x.tar.gz'],
    [`\${path##*/}`, 'x.tar.gz'],
    [`\${path%.*}`, '/usr/local/lib/x.tar'],
    [`\${path%%.*}`, '/usr/local/lib/x'],
    [`\${path%x?tar.gz}`, '/usr/local/lib/'],
    [`\${path/l/L}`, '/usr/Local/lib/x.tar.gz'],
    [`\${path//l/L}`, '/usr/LocaL/Lib/x.tar.gz'],
    [`\${path//\\//-}`, '-usr-local-lib-x.tar.gz'],
    [`\${path/\\*/x}`, '/usr/local/lib/x.tar.gz'],
  ];
  for (const [text, expected] of cases) assert.equal(expand(text), expected, text);
});

test('expandWord() refuses what can not be expanded', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    [`\${nope:?gone}`, /failed to process ".*": nope: gone$/],
    [`\${nope?}`, /nope: is not allowed to be unset$/],
    [`\${empty:?}`, /empty: is not allowed to be empty$/],
    [`\${a`, /unsupported modifier|missing '}'/],
    [`\${}`, /bad substitution$/],
    [`\${a:#x}`, /unsupported modifier \(:#\) in substitution$/],
    [`\${a!x}`, /unsupported modifier \(!\) in substitution$/],
    ["'a", /looking for matching single-quote$/],
    ['"a', /looking for matching double-quote$/],
  ];
  for (const [text, message] of refusals) assert.throws(() => expand(text), { message }, text);
});

test('expandWord() leaves quotes and unset variables when told to', () => {
  const options = { escapeToken: '\\', keepQuotes: true, keepUnset: true };
  assert.equal(expandWord(`"$a" '$nope' \${nope}`, lookup, options), `"value" '$nope' \${nope}`);
});

test('expandWords() splits also what variables bring, but not what is quoted', () => {
  assert.deepEqual(expandWords(`$two "$two" '' x\\ y`, lookup, { escapeToken: '\\' }), [
    'one',
    'two',
    'one  two',
    '',
    'x y',
  ]);
});

test('expandWord() takes a pattern of many stars', () => {
  variables.set('long', 'a'.repeat(200));
  assert.equal(expand(`\${long#${'*a'.repeat(30)}b}`), 'a'.repeat(200));
});
