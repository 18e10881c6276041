import { addon } from './addon.ts';

/** CLOCK_MONOTONIC in microseconds: the runtimes' own clocks begin where they like. */
export function monotonicMicroseconds(): number {
  return addon().monotonicTime();
}
