import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import type { ContainerRecord, LogOptions, LogStream } from '../types.ts';
import { formatDetails, lineAttributes } from './attributes.ts';
import { resolveStorage } from './log-config.ts';
import { watchGrowth } from './log-growth.ts';
import { type LogRequest, openLog } from './read-log.ts';

/** What is wanted of a container's log. @throws EngineError notImplemented, for a log driver without a file */
export function logRequest(
  { settings }: ContainerContext,
  record: ContainerRecord,
  options: LogOptions,
): LogRequest {
  const storage = resolveStorage(record.hostConfig.LogConfig);
  if (!storage?.readable) {
    throw new EngineError('notImplemented', 'configured logging driver does not support reading');
  }
  const { log: path } = pathsOf(settings, record);
  return {
    path,
    format: storage.format,
    framed: !record.config.Tty,
    prefix: options.details ? formatDetails(lineAttributes(record, path)) : '',
    options,
  };
}

/**
 * The log of a container, as far as it goes, and on while it lives when that is asked for.
 * @throws EngineError notImplemented, for a log driver without a file
 */
export async function openLogStream(
  context: ContainerContext,
  record: ContainerRecord,
  options: LogOptions,
  signal: AbortSignal,
): Promise<LogStream> {
  const request = logRequest(context, record, options);
  const watch = () => (options.follow ? watchGrowth(context, record.id, signal) : undefined);
  return { framed: request.framed, chunks: await openLog(context.logFiles, request, watch, signal) };
}
