import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nowNs } from '#base';
import { EventBus } from './bus.ts';
import { EventHistory } from './history.ts';
import type { EngineEvent, EngineFact } from './types.ts';

const root = mkdtempSync(join(tmpdir(), 'wt-events-'));
const histories: EventHistory[] = [];
after(() => {
  for (const history of histories) history[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

function newBus(): EventBus {
  const onError = (error: unknown) => {
    throw error;
  };
  const history = new EventHistory({ folder: join(root, String(histories.length)), onError });
  histories.push(history);
  return new EventBus(history);
}

const boat = (action: 'create' | 'start' | 'die', attributes = {}): EngineFact => ({
  type: 'container',
  action,
  id: 'c0ffee',
  attributes: { name: 'boat', image: 'sail:2', ...attributes },
});

async function actions(events: AsyncIterable<EngineEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) seen.push(event.action);
  return seen;
}

/** What a stream up to now replays. */
const replay = (bus: EventBus, filter: Readonly<Record<string, readonly string[]>> = {}) =>
  actions(bus.stream({ sinceNs: 1n, untilNs: nowNs(), filter }, new AbortController().signal));

test('stream() replays the past since a moment and ends at another', async () => {
  const bus = newBus();
  bus.publish(boat('create'));
  const middle = nowNs();
  bus.publish(boat('start'));
  const end = nowNs();
  bus.publish(boat('die'));
  const signal = new AbortController().signal;
  assert.deepEqual(await actions(bus.stream({ sinceNs: middle, untilNs: end }, signal)), ['start']);
});

test('stream() without since goes on with what comes, until the signal', async () => {
  const bus = newBus();
  bus.publish(boat('create'));
  const abort = new AbortController();
  const stream = bus.stream({}, abort.signal)[Symbol.asyncIterator]();
  const first = stream.next();
  bus.publish(boat('start'));
  assert.equal((await first).value?.action, 'start');
  const second = stream.next();
  abort.abort();
  assert.equal((await second).done, true);
  assert.equal(bus.listeners, 0);
});

test('stream() with until alone replays all of the history', async () => {
  const bus = newBus();
  bus.publish(boat('create'));
  bus.publish(boat('start'));
  const signal = new AbortController().signal;
  assert.deepEqual(await actions(bus.stream({ untilNs: nowNs() }, signal)), ['create', 'start']);
});

test('stream() goes from the past to the present without a gap or a repetition', async () => {
  const bus = newBus();
  bus.publish(boat('create'));
  const abort = new AbortController();
  const stream = bus.stream({ sinceNs: 1n }, abort.signal)[Symbol.asyncIterator]();
  bus.publish(boat('start'));
  assert.equal((await stream.next()).value?.action, 'create');
  bus.publish(boat('die'));
  assert.equal((await stream.next()).value?.action, 'start');
  assert.equal((await stream.next()).value?.action, 'die');
  abort.abort();
  assert.equal((await stream.next()).done, true);
});

test('stream() filters by type, action, object, image and label', async () => {
  const bus = newBus();
  bus.publish(boat('create'));
  bus.publish(boat('die', { exitCode: '3' }));
  bus.publish({ type: 'container', action: 'exec_create: ls -l', id: 'beef', attributes: { name: 'dock' } });
  bus.publish({
    type: 'network',
    action: 'connect',
    id: 'n1',
    attributes: { name: 'bridge', container: 'c0ffee' },
  });
  assert.deepEqual(await replay(bus, { type: ['network'] }), ['connect']);
  assert.deepEqual(await replay(bus, { event: ['die', 'create'] }), ['create', 'die']);
  assert.deepEqual(await replay(bus, { event: ['exec_create'] }), ['exec_create: ls -l']);
  assert.deepEqual(await replay(bus, { container: ['boat'], type: ['container'] }), ['create', 'die']);
  assert.deepEqual(await replay(bus, { container: ['c0ff'] }), ['create', 'die']);
  assert.deepEqual(await replay(bus, { image: ['sail'] }), ['create', 'die']);
  assert.deepEqual(await replay(bus, { label: ['exitCode=3'] }), ['die']);
  assert.throws(
    () => bus.stream({ filter: { colour: ['red'] } }, new AbortController().signal),
    /invalid filter 'colour'/,
  );
});
