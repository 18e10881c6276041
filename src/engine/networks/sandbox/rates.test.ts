import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratesOf } from './rates.ts';

test('ratesOf() reads bits a second as tc writes them, into bytes', () => {
  assert.deepEqual(ratesOf({ 'wharf.rate.out': '10mbit', 'wharf.rate.in': '1.5Gbit' }), {
    out: 1_250_000,
    in: 187_500_000,
  });
  assert.deepEqual(ratesOf({ 'wharf.rate.out': '8000bit' }), { out: 1000 });
  assert.deepEqual(ratesOf({}), {});
});

test('ratesOf() takes the first of several wishes, each way for itself', () => {
  const [place, label] = [
    { 'wharf.rate.out': '1mbit' },
    { 'wharf.rate.out': '2mbit', 'wharf.rate.in': '3mbit' },
  ];
  assert.deepEqual(ratesOf(place, label, { 'wharf.rate.in': '4mbit' }), { out: 125_000, in: 375_000 });
});

for (const text of ['10', '10mb', 'fast', '-1mbit', '1bit', '33gbit', '1e9bit', '10 mbit', 'mbit']) {
  test(`ratesOf() refuses ${text}`, () => {
    assert.throws(
      () => ratesOf({ 'wharf.rate.in': text }),
      /invalid rate wharf\.rate\.in=.*expected from 8kbit/,
    );
  });
}
