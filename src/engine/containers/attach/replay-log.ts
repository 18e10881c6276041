import type { ContainerContext } from '../context.ts';
import { logRequest } from '../logs/log-stream.ts';
import { openLog } from '../logs/read-log.ts';
import type { ContainerRecord, StreamSelection } from '../types.ts';
import type { RelayStream } from './relay-stream.ts';

/** Which streams of the log, and up to when. */
export interface Replayed extends Pick<StreamSelection, 'stdout' | 'stderr'> {
  readonly untilNs: bigint;
}

/**
 * Has the reader of a conversation get first what the container has written so far.
 * @throws EngineError notImplemented, for a log driver without a file
 */
export function replayLog(
  context: ContainerContext,
  record: ContainerRecord,
  { stdout, stderr, untilNs }: Replayed,
  duplex: RelayStream,
): void {
  const request = logRequest(context, record, { stdout, stderr, untilNs });
  const gone = new AbortController();
  duplex.once('close', () => gone.abort());
  duplex.precede(read());

  async function* read() {
    yield* await openLog(context.logFiles, request, () => undefined, gone.signal);
  }
}
