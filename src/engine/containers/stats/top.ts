import { messages } from '#api';
import { EngineError } from '#base';
import { cgroupProcesses } from '#linux';
import type { ContainerContext } from '../context.ts';
import { cgroupOf } from '../lifecycle/cgroup-path.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord, ProcessTable } from '../types.ts';
import { describeProcess, type HostProcess } from './host-process.ts';
import { formatsFor } from './process-columns.ts';

/** A container's processes with host pids, as `ps` would show them. */
export function containerProcesses(
  context: ContainerContext,
  record: ContainerRecord,
  psArgs: string,
): ProcessTable {
  if (record.state.status === 'restarting') throw new EngineError('conflict', messages.restarting(record.id));
  if (!isLive(record.state)) throw new EngineError('conflict', messages.notRunning(record.id));
  const columns = formatsFor(psArgs);
  const processes = cgroupProcesses(cgroupOf(context, record))
    .map((pid) => describeProcess(pid))
    .filter((process): process is HostProcess => process !== undefined)
    .sort((a, b) => a.pid - b.pid);
  return {
    titles: columns.map(({ title }) => title),
    processes: processes.map((process) => columns.map(({ format }) => format(process))),
  };
}
