import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flights } from './flights.ts';

const never = new AbortController().signal;

/** Work that ends when it is told to, or when its signal is aborted. */
function workload() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let runs = 0;
  const work = (signal: AbortSignal) => {
    runs += 1;
    signal.addEventListener('abort', () => reject(signal.reason));
    return promise;
  };
  return { work, resolve, runs: () => runs };
}

test('Flights runs what several ask for at once one time', async () => {
  const flights = new Flights<string>();
  const { work, resolve, runs } = workload();
  const answers = [flights.join('key', work, never), flights.join('key', work, never)];
  resolve('made');
  assert.deepEqual(await Promise.all(answers), ['made', 'made']);
  assert.equal(runs(), 1);
});

test('Flights goes on for who still waits; who began it stays, whose things it uses', async () => {
  const flights = new Flights<string>();
  const { work, resolve } = workload();
  const first = new AbortController();
  let firstIsGone = false;
  const began = flights.join('key', work, first.signal).finally(() => {
    firstIsGone = true;
  });
  const joined = flights.join('key', work, never);
  first.abort(new Error('client gone'));
  await new Promise(setImmediate);
  assert.equal(firstIsGone, false);
  resolve('made');
  assert.equal(await joined, 'made');
  await assert.rejects(began, /client gone/);
});

test('Flights gives up what nobody wants any more', async () => {
  const flights = new Flights<string>();
  const { work } = workload();
  const client = new AbortController();
  const answer = flights.join('key', work, client.signal);
  client.abort(new Error('client gone'));
  await assert.rejects(answer, /client gone/);
  const again = workload();
  const second = flights.join('key', again.work, never);
  again.resolve('made');
  assert.equal(await second, 'made');
  assert.equal(again.runs(), 1);
});
