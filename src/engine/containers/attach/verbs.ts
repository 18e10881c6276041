import { messages } from '#api';
import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import { clearLog } from '../logs/clear-log.ts';
import { openLogStream } from '../logs/log-stream.ts';
import { publish } from '../publish.ts';
import type { Containers } from '../types.ts';
import { waitFor } from '../wait.ts';
import { attach } from './attach.ts';

/** What talks with a container or follows it. */
export function conversationVerbs(
  context: ContainerContext,
): Pick<Containers, 'attach' | 'resize' | 'logs' | 'clearLogs' | 'wait'> {
  const { records, live } = context;
  return {
    attach: async (ref, options) => await attach(context, ref, options),
    async resize(ref, size) {
      const record = records.find(ref);
      const task = live.get(record.id)?.task;
      if (task === undefined) throw new EngineError('conflict', messages.notRunning(record.id));
      if (record.config.Tty) await task.resize(size);
      publish(context, record, 'resize', { height: String(size.rows), width: String(size.columns) });
    },
    logs: async (ref, options, signal) => await openLogStream(context, records.find(ref), options, signal),
    clearLogs: (ref) => locked(context, ref, (record) => clearLog(context, record)),
    wait: (ref, condition, signal) => ({ result: waitFor(context, records.find(ref), condition, signal) }),
  };
}
