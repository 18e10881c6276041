import { EngineError, nowNs } from '#base';
import { compileEventFilter } from './filter.ts';
import { EventQueue } from './queue.ts';
import type { EngineEvent, EngineFact, EventQuery, Events } from './types.ts';

const remembered = 256;

/** The bus of one daemon. */
export class EventBus implements Events {
  readonly #past: EngineEvent[] = [];
  readonly #queues = new Map<EventQueue, (event: EngineEvent) => boolean>();

  get listeners(): number {
    return this.#queues.size;
  }

  publish(fact: EngineFact): void {
    const event: EngineEvent = { ...fact, timeNs: nowNs() };
    this.#past.push(event);
    if (this.#past.length > remembered) this.#past.shift();
    for (const [queue, passes] of this.#queues) if (passes(event)) queue.push(event);
  }

  stream(query: EventQuery, signal: AbortSignal): AsyncIterable<EngineEvent> {
    const passes = compileEventFilter(query.filter ?? {});
    const { sinceNs, untilNs } = query;
    if (sinceNs !== undefined && untilNs !== undefined && sinceNs > untilNs) {
      throw new EngineError('invalid', '`since` time cannot be after `until` time');
    }
    const queue = new EventQueue();
    for (const event of this.#past) {
      if (sinceNs !== undefined && event.timeNs >= sinceNs && passes(event)) queue.push(event);
    }
    this.#queues.set(queue, passes);
    return queue.drain({ untilNs, signal, onEnd: () => this.#queues.delete(queue) });
  }
}
