import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest, HttpResponse } from '#serve/http';
import { withRest } from './rest.ts';

test('withRest() rests once after each stretch of work', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  context.mock.method(performance, 'now', () => now);
  const pass = (ms: number) => {
    now += ms;
    context.mock.timers.tick(ms);
  };
  let rests = 0;
  let served = 0;
  const handle = withRest(
    async () => void served++,
    () => rests++,
  );
  const ask = () => handle({} as HttpRequest, {} as HttpResponse);

  pass(9_000);
  void ask();
  pass(9_000);
  assert.equal(rests, 0, 'a request puts the rest off');
  pass(1_000);
  assert.equal(rests, 1);
  pass(60_000);
  assert.equal(rests, 1, 'nothing happens at rest');
  void ask();
  pass(10_000);
  assert.equal(rests, 2);
  assert.equal(served, 2);
});
