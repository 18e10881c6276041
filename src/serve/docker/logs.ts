import { messages, parseMoment, readFlag } from '#api';
import { EngineError } from '#base';
import type { LogEntry, LogOptions, LogStream } from '#engine/containers';
import { idOf } from './containers.ts';
import { streamType } from './splice.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

export function logHandlers({ containers }: DockerApiParts): Handlers<'containerLogs'> {
  return {
    async containerLogs(call) {
      const { query } = call.request;
      const log = containers.logs(idOf(call), logOptions(call), call.signal);
      const format = {
        timestamps: readFlag(query, 'timestamps'),
        details: readFlag(query, 'details') ? formatDetails(log.details) : '',
        framed: !log.terminal,
      };
      const { response } = call;
      response.start(200, { 'Content-Type': streamType(format.framed, call.version) });
      for await (const batch of log.batches) {
        await response.write(Buffer.concat(batch.map((entry) => encodeLogEntry(entry, format))));
      }
      response.end();
    },
  };
}

export interface LogFormat {
  readonly timestamps: boolean;
  /** What stands before each line; empty for nothing. */
  readonly details: string;
  readonly framed: boolean;
}

/** One entry as clients read it: `time details line`, in a frame when stdout and stderr are apart. */
export function encodeLogEntry(entry: LogEntry, format: LogFormat): Buffer {
  const details = format.details === '' ? '' : `${format.details} `;
  const text = `${format.timestamps ? `${entry.time} ` : ''}${details}${entry.line}`;
  if (!format.framed) return Buffer.from(text);
  const frame = Buffer.allocUnsafe(8 + Buffer.byteLength(text));
  frame.fill(0, 0, 4);
  frame[0] = entry.stream === 'stdout' ? 1 : 2;
  frame.writeUInt32BE(frame.length - 8, 4);
  frame.write(text, 8);
  return frame;
}

function formatDetails(details: LogStream['details']): string {
  return Object.entries(details)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .sort()
    .join(',');
}

function logOptions({ request }: Call): LogOptions {
  const { query } = request;
  const stdout = readFlag(query, 'stdout');
  const stderr = readFlag(query, 'stderr');
  if (!stdout && !stderr) throw new EngineError('invalid', messages.noLogStream);
  const sinceNs = parseMoment(query.get('since'));
  const untilNs = parseMoment(query.get('until'));
  const tail = query.get('tail') ?? 'all';
  return {
    stdout,
    stderr,
    follow: readFlag(query, 'follow'),
    ...(sinceNs !== undefined && { sinceNs }),
    ...(untilNs !== undefined && { untilNs }),
    // Whatever is no number means all.
    ...(/^\d{1,9}$/.test(tail) && { tail: Number(tail) }),
  };
}
