import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RetentionRule } from '#registry-api';
import { selectExpired } from './rules.ts';

const day = 86_400_000;
const now = 100 * day;

/** Tags by name, with their age in days. */
function select(rules: readonly RetentionRule[], ages: Readonly<Record<string, number>>, repository = 'app') {
  const tags = Object.entries(ages).map(([name, age]) => ({ name, updatedMs: now - age * day }));
  return selectExpired(rules, repository, tags, now)
    .map(({ name }) => name)
    .sort();
}

test('tags go that are older than their rule says', () => {
  const rules = [{ tags: 'dev-*', olderThanMs: 7 * day }];
  assert.deepEqual(select(rules, { 'dev-1': 6, 'dev-2': 7, 'dev-3': 8, '1.0': 50 }), ['dev-3']);
});

test('so many of the newest stay', () => {
  const ages = { a: 1, b: 2, c: 3, d: 4 };
  assert.deepEqual(select([{ tags: '*', keepNewest: 2 }], ages), ['c', 'd']);
  assert.deepEqual(select([{ tags: '*', keepNewest: 0 }], ages), ['a', 'b', 'c', 'd']);
});

test('with both limits a tag must be past both', () => {
  const rules = [{ tags: '*', keepNewest: 1, olderThanMs: 2.5 * day }];
  assert.deepEqual(select(rules, { a: 1, b: 2, c: 3 }), ['c']);
  assert.deepEqual(select(rules, { a: 10 }), []);
});

test('the first rule that fits decides, and one without limits keeps', () => {
  const rules = [{ tags: 'v*' }, { tags: 'latest' }, { tags: '*', olderThanMs: day }];
  assert.deepEqual(select(rules, { v1: 9, latest: 9, other: 9, young: 0 }), ['other']);
});

test('a rule may be for some repositories', () => {
  const rules = [{ repositories: 'ci/*', tags: '*', olderThanMs: day }];
  assert.deepEqual(select(rules, { a: 9 }, 'ci/app'), ['a']);
  assert.deepEqual(select(rules, { a: 9 }, 'app'), []);
});

test('patterns stand for any characters, and for no others', () => {
  const fits = (pattern: string, tag: string) =>
    select([{ tags: pattern, olderThanMs: day }], { [tag]: 9 }).length > 0;
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['1.0', '1.0', true],
    ['1.0', '1x0', false],
    ['*-rc*', '1.0-rc1', true],
    ['*-rc*', '1.0', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'ba', false],
    ['**', 'x', true],
    ['(a+)+', 'aaaa', false],
    ['*.*.*', '1.2', false],
  ];
  for (const [pattern, tag, expected] of cases)
    assert.equal(fits(pattern, tag), expected, `${pattern} ${tag}`);
  assert.equal(fits(`${'*a'.repeat(100)}b`, 'a'.repeat(120)), false);
});
