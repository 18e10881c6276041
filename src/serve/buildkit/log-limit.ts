import type { JobEvent } from './jobs.ts';

/** Of one step; what a build tells is kept until it has ended. */
const mostBytes = 2 << 20;
const clipped = Buffer.from('\n[output clipped, log limit 2MiB reached]\n');

/** Cuts what steps print short, as BuildKit does. */
export class LogLimit {
  readonly #bytes = new Map<string, number>();

  /** The event as it is kept; undefined for one that is not. */
  cut(event: JobEvent): JobEvent | undefined {
    if (event.kind !== 'output') return event;
    const before = this.#bytes.get(event.vertex) ?? 0;
    const after = before + event.bytes.length;
    this.#bytes.set(event.vertex, after);
    if (after <= mostBytes) return event;
    if (before > mostBytes) return undefined;
    const rest = event.bytes.subarray(0, mostBytes - before);
    return { ...event, bytes: Buffer.concat([rest, clipped]) };
  }
}
