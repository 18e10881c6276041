import type { ContainerContext } from '../context.ts';
import { openLogStream } from '../logs/log-stream.ts';
import type { ContainerRecord, StreamSelection } from '../types.ts';
import type { RelayStream } from './relay-stream.ts';

/** Which streams of the log, and up to when. */
export interface Replayed extends Pick<StreamSelection, 'stdout' | 'stderr'> {
  readonly untilNs: bigint;
}

/** Has the reader of a conversation get first what the container has written so far. */
export function replayLog(
  context: ContainerContext,
  record: ContainerRecord,
  { stdout, stderr, untilNs }: Replayed,
  duplex: RelayStream,
): void {
  const gone = new AbortController();
  duplex.once('close', () => gone.abort());
  duplex.precede(openLogStream(context, record, { stdout, stderr, untilNs }, gone.signal).chunks);
}
