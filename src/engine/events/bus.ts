import { nowNs } from '#base';
import { compileEventFilter } from './filter.ts';
import type { EventHistory } from './history.ts';
import { EventQueue } from './queue.ts';
import type { EngineEvent, EngineFact, EventQuery, Events } from './types.ts';

/** The bus of one daemon. */
export class EventBus implements Events {
  readonly #history: EventHistory;
  readonly #queues = new Map<EventQueue, (event: EngineEvent) => boolean>();
  #published = 0;

  constructor(history: EventHistory) {
    this.#history = history;
  }

  get listeners(): number {
    return this.#queues.size;
  }

  get published(): number {
    return this.#published;
  }

  publish(fact: EngineFact): void {
    this.#published++;
    const event: EngineEvent = { ...fact, timeNs: nowNs() };
    this.#history.add(event);
    for (const [queue, passes] of this.#queues) if (passes(event)) queue.push(event);
  }

  stream(query: EventQuery, signal: AbortSignal): AsyncIterable<EngineEvent> {
    const passes = compileEventFilter(query.filter ?? {});
    const { sinceNs, untilNs } = query;
    const replays = sinceNs !== undefined || untilNs !== undefined;
    const past = replays ? this.#history.replay(sinceNs ?? 0n) : undefined;
    const queue = new EventQueue();
    this.#queues.set(queue, passes);
    return this.#read(past, queue, { passes, untilNs, signal });
  }

  async *#read(past: Past | undefined, queue: EventQueue, options: Reading): AsyncGenerator<EngineEvent> {
    using _end = { [Symbol.dispose]: () => this.#queues.delete(queue) };
    const { passes, untilNs, signal } = options;
    for await (const batch of past ?? []) {
      for (const event of batch) {
        if (signal.aborted || (untilNs !== undefined && event.timeNs > untilNs)) return;
        if (passes(event)) yield event;
      }
    }
    yield* queue.drain({ untilNs, signal });
  }
}

type Past = AsyncIterable<readonly EngineEvent[]>;

interface Reading {
  readonly passes: (event: EngineEvent) => boolean;
  readonly untilNs: bigint | undefined;
  readonly signal: AbortSignal;
}
