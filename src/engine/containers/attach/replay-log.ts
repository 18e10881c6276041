import type { Duplex } from 'node:stream';
import type { ContainerContext } from '../context.ts';
import { openLogStream } from '../logs/log-stream.ts';
import type { ContainerRecord, StreamSelection } from '../types.ts';

/** Which streams of the log, and up to when: absent is up to now. */
export interface Replayed extends Pick<StreamSelection, 'stdout' | 'stderr'> {
  readonly untilNs: bigint | undefined;
}

/** Writes what the container has written so far to the reading side of a conversation. */
export async function replayLog(
  context: ContainerContext,
  record: ContainerRecord,
  { stdout, stderr, untilNs }: Replayed,
  duplex: Duplex,
): Promise<void> {
  const { signal } = new AbortController();
  const options = { stdout, stderr, ...(untilNs !== undefined && { untilNs }) };
  for await (const chunk of openLogStream(context, record, options, signal).chunks) {
    duplex.push(chunk);
    if (duplex.destroyed) return;
  }
}
