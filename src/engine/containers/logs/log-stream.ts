import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import { variableName } from '../record/merge-config.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord, LogOptions, LogStream } from '../types.ts';
import { type LogGrowth, readLog } from './read-log.ts';

/** The log of a container, as far as it goes, and on while it lives when that is asked for. */
export function openLogStream(
  context: ContainerContext,
  record: ContainerRecord,
  options: LogOptions,
  signal: AbortSignal,
): LogStream {
  const { log } = pathsOf(context.settings, record);
  if (log === '') {
    throw new EngineError('notImplemented', 'configured logging driver does not support reading');
  }
  const growth = options.follow && isLive(record.state) ? watchGrowth(context, record, signal) : undefined;
  return {
    terminal: record.config.Tty,
    details: detailsOf(record),
    batches: readLog(log, options, growth, signal),
  };
}

function watchGrowth(context: ContainerContext, { id }: ContainerRecord, signal: AbortSignal): LogGrowth {
  const stop = new AbortController();
  let wake: (grows: boolean) => void = () => undefined;
  const subscription = context.live.get(id)?.task.logPosition(() => wake(true));
  const ended = context.watch
    .until(id, (change) => change === 'removed' || !isLive(change), AbortSignal.any([signal, stop.signal]))
    .then(() => false);
  return {
    next() {
      const grown = new Promise<boolean>((resolve) => {
        wake = resolve;
      });
      return Promise.race([grown, ended]);
    },
    [Symbol.dispose]() {
      subscription?.[Symbol.dispose]();
      stop.abort();
    },
  };
}

/** Labels and variables that the log options `labels` and `env` ask to show. */
function detailsOf({ config, hostConfig }: ContainerRecord): Readonly<Record<string, string>> {
  const options = hostConfig.LogConfig.Config ?? {};
  const labels = (options.labels ?? '').split(',').filter((name) => config.Labels?.[name] !== undefined);
  const variables = (options.env ?? '').split(',').filter(Boolean);
  const environment = (config.Env ?? []).filter((entry) => variables.includes(variableName(entry)));
  return {
    ...Object.fromEntries(labels.map((name) => [name, config.Labels?.[name] ?? ''])),
    ...Object.fromEntries(
      environment.map((entry) => [variableName(entry), entry.slice(entry.indexOf('=') + 1)]),
    ),
  };
}
