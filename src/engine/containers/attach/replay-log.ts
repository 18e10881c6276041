import type { Duplex } from 'node:stream';
import type { ContainerContext } from '../context.ts';
import { openLogStream } from '../logs/log-stream.ts';
import type { ContainerRecord, StreamSelection } from '../types.ts';

/** Writes what the container has written so far to the reading side of a conversation. */
export async function replayLog(
  context: ContainerContext,
  record: ContainerRecord,
  { stdout, stderr }: StreamSelection,
  duplex: Duplex,
): Promise<void> {
  const { signal } = new AbortController();
  for await (const chunk of openLogStream(context, record, { stdout, stderr }, signal).chunks) {
    duplex.push(chunk);
    if (duplex.destroyed) return;
  }
}
