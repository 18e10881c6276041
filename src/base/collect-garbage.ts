/** Bun lets its heap grow long before it collects; Node keeps its own in order. */
declare const Bun: undefined | { gc(synchronous: boolean): void };

/** Gives back what this thread does not need any more, after work that has left much of it; takes some milliseconds. */
export function collectGarbage(): void {
  if (typeof Bun !== 'undefined') Bun.gc(true);
}
