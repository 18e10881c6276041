import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LayerFlights } from './layer-flights.ts';
import { Turnstile } from './turnstile.ts';

const never = new AbortController().signal;

test('LayerFlights starts one download for all who want it', async () => {
  const flights = new LayerFlights<number>();
  let starts = 0;
  const heard: string[] = [];
  const start = async (report: (progress: number) => void) => {
    starts++;
    await Promise.resolve();
    report(1);
  };
  await Promise.all([
    flights.board('layer', start, (progress) => heard.push(`a${progress}`), never),
    flights.board('layer', start, (progress) => heard.push(`b${progress}`), never),
  ]);
  assert.equal(starts, 1);
  assert.deepEqual(heard.sort(), ['a1', 'b1']);
});

/** A download that ends only when it is given up. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

test('LayerFlights goes on when one of two leaves, and gives up with the last', async () => {
  const flights = new LayerFlights<number>();
  const given: AbortSignal[] = [];
  const start = (_: unknown, signal: AbortSignal) => {
    given.push(signal);
    return untilAborted(signal);
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const both = [first, second].map(({ signal }) => flights.board('layer', start, () => {}, signal));
  first.abort(new Error('first left'));
  await assert.rejects(both[0] ?? Promise.resolve(), /first left/);
  assert.equal(given[0]?.aborted, false);
  second.abort(new Error('second left'));
  await assert.rejects(both[1] ?? Promise.resolve(), /second left/);
  assert.equal(given[0]?.aborted, true);
});

test('LayerFlights tries the own way when another’s has failed', async () => {
  const flights = new LayerFlights<number>();
  const first = flights.board(
    'layer',
    () => Promise.reject(new Error('no access')),
    () => {},
    never,
  );
  const second = flights.board(
    'layer',
    async () => {},
    () => {},
    never,
  );
  await assert.rejects(first, /no access/);
  await second;
});

test('LayerFlights tells all when the download fails, and starts anew for the next', async () => {
  const flights = new LayerFlights<number>();
  const fail = () => Promise.reject(new Error('cut'));
  const both = [1, 2].map(() => flights.board('layer', fail, () => {}, never));
  for (const one of both) await assert.rejects(one, /cut/);
  await flights.board(
    'layer',
    async () => {},
    () => {},
    never,
  );
});

test('Turnstile lets so many in and then one for each that leaves, in order', async () => {
  const turnstile = new Turnstile(() => 1);
  const first = await turnstile.enter(() => assert.fail('waits'), never);
  const order: string[] = [];
  const enter = async (name: string) => {
    using _turn = await turnstile.enter(() => order.push(`${name} waits`), never);
    order.push(name);
  };
  const others = [enter('a'), enter('b')];
  first[Symbol.dispose]();
  await Promise.all(others);
  assert.deepEqual(order, ['a waits', 'b waits', 'a', 'b']);
});

test('Turnstile lets one who waits go', async () => {
  const turnstile = new Turnstile(() => 1);
  const place = await turnstile.enter(() => {}, never);
  const impatient = new AbortController();
  const waiting = turnstile.enter(() => impatient.abort(new Error('left')), impatient.signal);
  await assert.rejects(waiting, /left/);
  place[Symbol.dispose]();
  await turnstile.enter(() => assert.fail('waits'), never);
});
