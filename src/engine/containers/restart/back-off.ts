const firstMs = 100;
const longestMs = 60_000;
/** A run as long as this counts as a success, whatever its exit code. */
const goodRunNs = 10_000_000_000n;

/**
 * How long a container waits before it is started again: 100 ms, each time twice as long as the last time, up to
 * a minute; from the beginning again after a run of 10 s.
 */
export function backOffMs(lastMs: number | undefined, ranNs: bigint): number {
  return lastMs === undefined || ranNs >= goodRunNs ? firstMs : Math.min(lastMs * 2, longestMs);
}
