import type { Duplex } from 'node:stream';
import type { ContainerContext } from '../context.ts';
import { openLogStream } from '../logs/log-stream.ts';
import type { ContainerRecord, StreamSelection } from '../types.ts';
import { encodeFrame } from './frame.ts';

/** Writes what the container has written so far to the reading side of a conversation. */
export async function replayLog(
  context: ContainerContext,
  record: ContainerRecord,
  { stdout, stderr }: StreamSelection,
  duplex: Duplex,
): Promise<void> {
  const { terminal, batches } = openLogStream(
    context,
    record,
    { stdout, stderr },
    new AbortController().signal,
  );
  for await (const batch of batches) {
    for (const entry of batch)
      duplex.push(terminal ? Buffer.from(entry.line) : encodeFrame(entry.stream, entry.line));
    if (duplex.destroyed) return;
  }
}
