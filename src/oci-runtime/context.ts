import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { silentLog } from '#base';
import { type CgroupSetup, describeSetup, detectCgroups, isCgroupFrozen } from '#linux';
import type { RuntimeStatus } from '#oci';
import { createTasks, isTask, type Task, type Tasks } from '#task';
import { type ContainerRecord, Records } from './records.ts';

/** What every command works with. */
export interface RuntimeContext {
  readonly records: Records;
  readonly tasks: Tasks;
}

export function createContext(root: string): RuntimeContext {
  return {
    records: new Records(root),
    tasks: createTasks({ corePath: findCore(), execRoot: root, log: silentLog }),
  };
}

/** Beside the installed program, else where the tree builds it. */
function findCore(): string {
  const installed = join(dirname(process.execPath), 'wharf-core');
  return existsSync(installed) ? installed : join(import.meta.dirname, '../../bin/wharf-core');
}

/** A container as it is now; `task` is there while it has a process. */
export interface Found {
  readonly record: ContainerRecord;
  readonly status: RuntimeStatus;
  readonly task: Task | undefined;
}

/** @throws EngineError notFound */
export async function findContainer(context: RuntimeContext, id: string): Promise<Found> {
  const record = context.records.load(id);
  const live = await context.tasks.connect(id);
  if (!isTask(live)) return { record, status: 'stopped', task: undefined };
  return { record, status: liveStatus(record), task: live };
}

function liveStatus(record: ContainerRecord): RuntimeStatus {
  if (!record.started) return 'created';
  const cgroup = cgroupOf(record);
  return cgroup !== undefined && isCgroupFrozen(cgroup) ? 'paused' : 'running';
}

export function cgroupOf({ cgroupPath }: ContainerRecord): CgroupSetup | undefined {
  return cgroupPath === undefined ? undefined : describeSetup(detectCgroups(), cgroupPath);
}
