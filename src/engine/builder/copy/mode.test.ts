import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMode } from './mode.ts';

const change = (text: string, mode: number, isDirectory = false) =>
  parseMode(text)({ mode, isDirectory }).toString(8);

test('parseMode() reads octal and symbolic rights', () => {
  assert.equal(change('755', 0), '755');
  assert.equal(change('04755', 0), '4755');
  assert.equal(change('u=rwX,go=rX', 0o600), '644');
  assert.equal(change('u=rwX,go=rX', 0o700), '755');
  assert.equal(change('u=rwX,go=rX', 0o600, true), '755');
  assert.equal(change('a+x', 0o644), '755');
  assert.equal(change('+x,o-rwx', 0o644), '750');
  assert.equal(change('go=u', 0o750), '777');
  assert.equal(change('u+s,g+s,+t', 0o755), '7755');
  assert.equal(change('g=', 0o777), '707');
});

test('parseMode() refuses what is none', () => {
  for (const text of ['', '8', 'u', 'x+r', 'u=rq', '777777'])
    assert.throws(() => parseMode(text), /invalid chmod parameter/);
});
