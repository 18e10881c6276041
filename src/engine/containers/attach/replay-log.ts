import type { Duplex } from 'node:stream';
import type { ContainerContext } from '../context.ts';
import { openLogStream } from '../logs/log-stream.ts';
import type { ContainerRecord, LogEntry, StreamSelection } from '../types.ts';

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
    for (const entry of batch) duplex.push(terminal ? Buffer.from(entry.line) : frame(entry));
    if (duplex.destroyed) return;
  }
}

function frame({ stream, line }: LogEntry): Buffer {
  const payload = Buffer.from(line);
  const header = Buffer.alloc(8);
  header[0] = stream === 'stdout' ? 1 : 2;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
