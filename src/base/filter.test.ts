import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFilterKeys, filterFlag, filterPasses, labelsPass } from './filter.ts';

test('checkFilterKeys() names the unknown key', () => {
  checkFilterKeys({ label: ['a'] }, ['label', 'name']);
  assert.throws(
    () => checkFilterKeys({ colour: ['red'] }, ['label']),
    /^EngineError: invalid filter 'colour'$/,
  );
});

test('filterPasses() or-s the values and lets all through without any', () => {
  const isEven = (value: string) => Number(value) % 2 === 0;
  assert.equal(filterPasses({ n: ['1', '2'] }, 'n', isEven), true);
  assert.equal(filterPasses({ n: ['1', '3'] }, 'n', isEven), false);
  assert.equal(filterPasses({}, 'n', isEven), true);
});

test('labelsPass() and-s the labels, by name or by name and value', () => {
  const labels = { tier: 'web', debug: '' };
  assert.equal(labelsPass({ label: ['tier', 'debug'] }, labels), true);
  assert.equal(labelsPass({ label: ['tier=web', 'debug='] }, labels), true);
  assert.equal(labelsPass({ label: ['tier=web', 'absent'] }, labels), false);
  assert.equal(labelsPass({ label: ['tier=db'] }, labels), false);
});

test('filterFlag() refuses what is not a boolean', () => {
  assert.equal(filterFlag({}, 'dangling'), undefined);
  assert.equal(filterFlag({ dangling: ['true'] }, 'dangling'), true);
  assert.equal(filterFlag({ dangling: ['0'] }, 'dangling'), false);
  assert.throws(() => filterFlag({ dangling: ['true', 'false'] }, 'dangling'), /invalid filter 'dangling=/);
  assert.throws(() => filterFlag({ dangling: ['x'] }, 'dangling'), /invalid filter/);
});
