import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashSecret, makeToken, secretFits, usualCost } from './secret.ts';

const cheap = { N: 2, r: 1, p: 1 };

test('what is kept tells neither the password nor that two are the same', async () => {
  const [one, other] = [await hashSecret('battery-staple', cheap), await hashSecret('battery-staple', cheap)];
  assert.notEqual(one, other);
  assert.ok(!one.includes('battery'));
  assert.equal(await secretFits('battery-staple', one), true);
  assert.equal(await secretFits('battery-stapl', one), false);
  assert.equal(await secretFits('', one), false);
});

test('a password may be of any letters, however they were typed', async () => {
  const kept = await hashSecret('caf\u00e9 ☕', cheap);
  assert.equal(await secretFits('cafe\u0301 ☕', kept), true);
});

test('what is kept says what it cost, so that the usual cost may rise', async () => {
  const kept = await hashSecret('battery-staple', usualCost);
  assert.match(kept, /^scrypt\$32768\$8\$3\$/);
  assert.equal(await secretFits('battery-staple', kept), true);
  assert.equal(await secretFits('battery-staple', 'plain$battery-staple'), false);
});

test('no two tokens are the same', () => {
  const tokens = new Set(Array.from({ length: 100 }, makeToken));
  assert.equal(tokens.size, 100);
  for (const token of tokens) assert.match(token, /^wrt_[\w-]{43}$/);
});
