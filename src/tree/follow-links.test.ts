import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followLinks } from './follow-links.ts';

const links: Readonly<Record<string, string>> = {
  '/tovol': '/vol',
  '/d/up': '../vol/./in',
  '/d/climbs': '../../../../etc',
  '/chain': 'tovol',
  '/loop': 'loop',
};
const follow = (path: string, followsLast = false) => followLinks(path, (at) => links[at], followsLast);

test('followLinks() follows links on the way, and at the end when asked', () => {
  assert.equal(follow('/tovol/x'), '/vol/x');
  assert.equal(follow('/tovol'), '/tovol');
  assert.equal(follow('/tovol', true), '/vol');
  assert.equal(follow('/chain/a/b'), '/vol/a/b');
  assert.equal(follow('/d/up/x'), '/vol/in/x');
});

test('followLinks() never leads above the root', () => {
  assert.equal(follow('../../x'), '/x');
  assert.equal(follow('/d/climbs/passwd'), '/etc/passwd');
});

test('followLinks() gives up on a loop', () => {
  assert.equal(follow('/loop/x'), '/loop/x');
});
