import { writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { EngineError } from '#base';
import { type CgroupSetup, detectCgroups, prepareCgroup, removeCgroup } from '#linux';
import type { RuntimeSpec } from '#oci';
import { compile, encodePlan, readBundle } from '#runtime';
import { endTask, type Task } from '#task';
import type { RuntimeContext } from './context.ts';
import { checkHooks, runHooks, stateOf } from './hooks.ts';
import type { ContainerRecord } from './records.ts';

export interface LaunchRequest {
  readonly id: string;
  readonly bundle: string;
  readonly pidFile: string | undefined;
  /** A terminal is relayed by the caller, who waits for the container's end. */
  readonly foreground: boolean;
}

/** A container whose process stands before the user's program. */
export interface Created {
  readonly spec: RuntimeSpec;
  readonly record: ContainerRecord;
  readonly task: Task;
}

/** Makes a container from a bundle; on failure nothing of it is left. */
export async function createContainer(context: RuntimeContext, request: LaunchRequest): Promise<Created> {
  const bundle = resolve(request.bundle);
  const spec = await readBundle(bundle);
  checkHooks(spec.hooks);
  if (spec.process?.terminal && !request.foreground) {
    throw new EngineError('notImplemented', 'a detached container cannot have a terminal: no console socket');
  }
  await using undo = new AsyncDisposableStack();
  context.records.claim(request.id);
  undo.defer(() => context.records.forget(request.id));
  const cgroup = prepareCgroup(detectCgroups(), cgroupPathOf(spec, request.id));
  undo.defer(() => removeCgroup(cgroup));
  const task = await startTask(context, { ...request, bundle }, spec, cgroup);
  undo.defer(() => endTask(task));
  const { id } = request;
  const created = new Date().toISOString();
  const record: ContainerRecord = {
    id,
    bundle,
    pid: task.pid,
    created,
    started: false,
    cgroupPath: cgroup.path,
  };
  await runHooks(
    [...(spec.hooks?.prestart ?? []), ...(spec.hooks?.createRuntime ?? [])],
    stateOf(record, 'creating'),
  );
  context.records.save(record);
  if (request.pidFile !== undefined) writeFileSync(request.pidFile, String(task.pid));
  undo.move();
  return { spec, record, task };
}

/** Lets a created container's process become the user's program. */
export async function startContainer(
  context: RuntimeContext,
  { spec, record, task }: Created,
): Promise<void> {
  await task.release();
  const started = { ...record, started: true };
  context.records.save(started);
  await runHooks(spec.hooks?.poststart, stateOf(started, 'running'));
}

/** Removes what a container without a process has left. */
export async function discardContainer(
  context: RuntimeContext,
  record: ContainerRecord,
  cgroup: CgroupSetup | undefined,
): Promise<void> {
  if (cgroup !== undefined) await removeCgroup(cgroup);
  context.records.forget(record.id);
  const spec = await readBundle(record.bundle).catch(() => undefined);
  await runHooks(spec?.hooks?.poststop, stateOf(record, 'stopped'));
}

function startTask(
  { records, tasks }: RuntimeContext,
  { id, bundle }: LaunchRequest,
  spec: RuntimeSpec,
  cgroup: CgroupSetup,
): Promise<Task> {
  const terminal = spec.process?.terminal ?? false;
  return tasks.start({
    id,
    dir: records.directory(id),
    plan: encodePlan(compile(spec, { bundle, cgroup, sessionName: id })),
    terminal,
    openStdin: terminal,
    stdinOnce: false,
    log: undefined,
    createOnly: true,
    inheritStdio: !terminal,
    ...(terminal && { attach: [{ stdin: true, stdout: true, stderr: true }] }),
  });
}

function cgroupPathOf(spec: RuntimeSpec, id: string): string {
  const path = spec.linux?.cgroupsPath;
  if (!path) return `/wharf-runtime-${id}`;
  return isAbsolute(path) ? join(path) : join('/', path);
}
