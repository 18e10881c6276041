import { messages } from '#api';
import { EngineError, errorKind, errorMessage } from '#base';
import { compileExec, encodePlan } from '#runtime';
import { type ExecTask, startExitCode, type Task } from '#task';
import { parseDetachKeys } from '../attach/detach-keys.ts';
import { encodeFrame } from '../attach/frame.ts';
import { RelayStream } from '../attach/relay-stream.ts';
import type { ContainerContext } from '../context.ts';
import { cgroupOf } from '../lifecycle/cgroup-path.ts';
import { publish } from '../publish.ts';
import type { AttachedStream, ContainerRecord, ExecStartOptions } from '../types.ts';
import { refuseUnable } from './create-exec.ts';
import type { Exec } from './exec.ts';
import { execProcess } from './exec-process.ts';

/** Runs the noted process. @returns the conversation with it, or undefined when detached */
export async function startExec(
  context: ContainerContext,
  exec: Exec,
  options: ExecStartOptions,
): Promise<AttachedStream | undefined> {
  const record = context.records.find(exec.containerId);
  if (exec.started) throw new EngineError('conflict', messages.execHasRun(exec.id));
  refuseUnable(record, record.id);
  const live = context.live.get(record.id);
  if (live === undefined) throw new EngineError('conflict', messages.notRunning(record.id));
  exec.started = true;
  publish(context, record, `exec_start: ${exec.config.argv.join(' ')}`, { execID: exec.id });
  try {
    const task = await runIn(context, record, live.task, exec, options);
    exec.task = task;
    const ended = watchEnd(context, record, exec, task);
    return options.detach ? undefined : converse(context, record, exec, { task, ended });
  } catch (error) {
    if (options.detach) throw error;
    return tellFailure(exec, error);
  }
}

/** Clients read why a process did not start from its stream, and the exit code from the exec. */
function tellFailure({ config }: Exec, error: unknown): AttachedStream {
  const text = `${errorMessage(error)}\r\n`;
  const stream = new RelayStream();
  stream.push(config.terminal ? text : encodeFrame('stdout', text));
  stream.push(null);
  return { stream, framed: !config.terminal };
}

async function runIn(
  context: ContainerContext,
  record: ContainerRecord,
  task: Task,
  exec: Exec,
  options: ExecStartOptions,
): Promise<ExecTask> {
  const { attach, terminal } = exec.config;
  const { process, seccomp } = execProcess(context, record, exec.config, options.size);
  const plan = compileExec(process, { cgroup: cgroupOf(context, record), ...(seccomp && { seccomp }) });
  try {
    return await task.exec({
      id: exec.id,
      plan: encodePlan(plan),
      terminal,
      openStdin: attach.stdin && !options.detach,
      detached: options.detach || !(attach.stdin || attach.stdout || attach.stderr),
    });
  } catch (cause) {
    context.execs.end(exec, startExitCode(cause));
    const message = `OCI runtime exec failed: exec failed: unable to start container process: ${errorMessage(cause)}: unknown`;
    throw new EngineError(errorKind(cause), message, { cause });
  }
}

interface RunningExec {
  readonly task: ExecTask;
  /** That its exit code is known. */
  readonly ended: Promise<void>;
}

function converse(
  context: ContainerContext,
  record: ContainerRecord,
  exec: Exec,
  { task, ended }: RunningExec,
): AttachedStream {
  const { terminal, detachKeys } = exec.config;
  const onDetach = () => publish(context, record, 'exec_detach', { execID: exec.id });
  const stream = new RelayStream({
    ended,
    ...(terminal ? { detachKeys: parseDetachKeys(detachKeys ?? ''), onDetach } : {}),
  });
  if (task.socket === undefined) stream.push(null);
  else stream.connect(task.socket);
  return { stream, framed: !terminal };
}

function watchEnd(
  context: ContainerContext,
  record: ContainerRecord,
  exec: Exec,
  task: ExecTask,
): Promise<void> {
  const ended = task.exited.then(({ code }) => {
    context.execs.end(exec, code);
    publish(context, context.records.get(record.id) ?? record, 'exec_die', {
      execID: exec.id,
      exitCode: String(code),
    });
  });
  ended.catch((error) => context.log.debug('an exec was lost', { id: exec.id, error: errorMessage(error) }));
  return ended;
}
