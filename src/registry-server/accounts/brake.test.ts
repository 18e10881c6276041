import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Brake } from './brake.ts';

const minute = 60_000;

function failTimes(brake: Brake, times: number, address: string, name: (time: number) => string) {
  for (let time = 0; time < times; time += 1) brake.fail(address, name(time), 0);
}

test('some wrong guesses are free, then each doubles the wait', () => {
  const brake = new Brake();
  failTimes(brake, 4, 'a', () => 'ann');
  assert.equal(brake.waitMs('a', 'ann', 0), 0);
  const waits = [1, 2, 4, 8].map((seconds) => {
    brake.fail('a', 'ann', 0);
    return [brake.waitMs('a', 'ann', 0), seconds * 1000];
  });
  for (const [wait, wanted] of waits) assert.equal(wait, wanted);
  assert.equal(brake.waitMs('a', 'ann', 8000), 0);
});

test('the wait has an end, also when the clock is set back', () => {
  const brake = new Brake();
  failTimes(brake, 60, 'a', () => 'ann');
  assert.equal(brake.waitMs('a', 'ann', 0), 15 * minute);
  assert.equal(brake.waitMs('a', 'ann', -1000 * minute), 15 * minute);
});

test('who guesses locks nobody else out', () => {
  const brake = new Brake();
  failTimes(brake, 10, 'a', () => 'ann');
  assert.ok(brake.waitMs('a', 'ann', 0) > 0);
  assert.equal(brake.waitMs('b', 'ann', 0), 0);
  assert.equal(brake.waitMs('a', 'bob', 0), 0);
});

test('many names from one address are guessing, too', () => {
  const brake = new Brake();
  failTimes(brake, 30, 'a', (time) => `name${time}`);
  assert.ok(brake.waitMs('a', 'new', 0) > 0);
  assert.equal(brake.waitMs('b', 'new', 0), 0);
});

test('a right password ends the count of its name, and an hour all counts', () => {
  const brake = new Brake();
  failTimes(brake, 10, 'a', () => 'ann');
  brake.succeed('a', 'ann');
  assert.equal(brake.waitMs('a', 'ann', 0), 0);
  failTimes(brake, 5, 'c', () => 'ann');
  brake.fail('d', 'else', 61 * minute);
  brake.fail('c', 'ann', 61 * minute);
  assert.equal(brake.waitMs('c', 'ann', 61 * minute), 0);
});
