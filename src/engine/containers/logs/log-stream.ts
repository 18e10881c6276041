import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import type { ContainerRecord, LogOptions, LogStream } from '../types.ts';
import { formatDetails, lineAttributes } from './attributes.ts';
import { resolveStorage } from './log-config.ts';
import { watchGrowth } from './log-growth.ts';
import { readLog } from './read-log.ts';

/** The log of a container, as far as it goes, and on while it lives when that is asked for. */
export function openLogStream(
  context: ContainerContext,
  record: ContainerRecord,
  options: LogOptions,
  signal: AbortSignal,
): LogStream {
  const storage = resolveStorage(record.hostConfig.LogConfig);
  if (!storage?.readable) {
    throw new EngineError('notImplemented', 'configured logging driver does not support reading');
  }
  const framed = !record.config.Tty;
  const request = {
    path: pathsOf(context.settings, record).log,
    format: storage.format,
    framed,
    prefix: options.details ? formatDetails(lineAttributes(record)) : '',
    options,
  };
  const watch = () => (options.follow ? watchGrowth(context, record.id, signal) : undefined);
  return { framed, chunks: readLog(context.logFiles, request, watch, signal) };
}
