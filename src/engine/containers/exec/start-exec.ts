import { messages } from '#api';
import { EngineError, errorKind, errorMessage } from '#base';
import { compileExec, encodePlan } from '#runtime';
import { type ExecTask, startExitCode, type Task } from '#task';
import { parseDetachKeys } from '../attach/detach-keys.ts';
import { encodeFrame } from '../attach/frame.ts';
import { FrameFilter } from '../attach/frame-filter.ts';
import { RelayStream } from '../attach/relay-stream.ts';
import type { ContainerContext } from '../context.ts';
import { cgroupOf } from '../lifecycle/cgroup-path.ts';
import { execCommand, publish } from '../publish.ts';
import type { AttachedStream, ContainerRecord, ExecConfig, ExecStartOptions } from '../types.ts';
import { refuseUnable } from './create-exec.ts';
import type { Exec } from './exec.ts';
import { writeExecFile } from './exec-file.ts';
import { type ExecProcess, execProcess } from './exec-process.ts';
import { endWithClient } from './hang-up.ts';

/** Runs the noted process. @returns the conversation with it, or undefined when detached */
export async function startExec(
  context: ContainerContext,
  exec: Exec,
  options: ExecStartOptions,
): Promise<AttachedStream | undefined> {
  const { record, running } = beginExec(context, exec, options);
  keep(context, exec, { ...exec.config, killOnDisconnect: endsWithClient(exec) && !options.detach });
  if (!options.detach) return converse(context, record, exec, running);
  await running;
  return undefined;
}

function endsWithClient({ config }: Exec): boolean {
  return config.killOnDisconnect === true;
}

/** Tells the next daemon of an exec; on a full disk only that one misses something. */
function keep({ settings, log }: ContainerContext, exec: Exec, config: ExecConfig): void {
  try {
    writeExecFile(settings, { ...exec, config });
  } catch (error) {
    log.warn('an exec would not be known to another daemon', { id: exec.id, error: errorMessage(error) });
  }
}

/**
 * Begins to run the noted process; `running` rejects when it can't be run.
 * @throws EngineError conflict, when it has run or the container can't run it now
 */
export function beginExec(
  context: ContainerContext,
  exec: Exec,
  options: ExecStartOptions,
): { readonly record: ContainerRecord; readonly running: Promise<RunningExec> } {
  const record = context.records.find(exec.containerId);
  if (exec.exitCode !== undefined) throw new EngineError('conflict', messages.execHasRun(exec.id));
  if (exec.started) throw new EngineError('conflict', messages.execRuns(exec.id));
  refuseUnable(record, record.id);
  const live = context.live.get(record.id);
  if (live === undefined) throw new EngineError('conflict', messages.notRunning(record.id));
  const process = execProcess(context, record, exec.config, options.size);
  exec.started = true;
  publish(context, record, `exec_start: ${execCommand(exec.config.argv)}`, { execID: exec.id });
  const running = begin(context, { record, exec, process, detach: options.detach }, live.task);
  // Without its value, which has the socket: the exec is kept for a while.
  const done = () => undefined;
  exec.starting = running.then(done, done);
  return { record, running };
}

export interface RunningExec {
  readonly task: ExecTask;
  /** That its exit code is known. */
  readonly ended: Promise<void>;
}

interface Launch {
  readonly record: ContainerRecord;
  readonly exec: Exec;
  readonly process: ExecProcess;
  readonly detach: boolean;
}

async function begin(context: ContainerContext, launch: Launch, container: Task): Promise<RunningExec> {
  const { record, exec } = launch;
  const task = await runIn(context, launch, container);
  context.execs.run(exec, task);
  return { task, ended: watchEnd(context, record, exec, task) };
}

/** What runc finds before it starts anything. */
const relativeDirectory = 'Cwd must be an absolute path';

async function runIn(context: ContainerContext, launch: Launch, task: Task): Promise<ExecTask> {
  const { record, exec, detach } = launch;
  const { attach, terminal } = exec.config;
  const { process, seccomp } = launch.process;
  const plan = compileExec(process, {
    cgroup: cgroupOf(context, record),
    ...(seccomp && { seccomp }),
    planRevision: task.planRevision,
  });
  try {
    if (!process.cwd.startsWith('/')) throw new EngineError('invalid', relativeDirectory);
    return await task.exec({
      id: exec.id,
      plan: encodePlan(plan),
      terminal,
      openStdin: attach.stdin && !detach,
      detached: detach || !(attach.stdin || attach.stdout || attach.stderr),
    });
  } catch (cause) {
    context.execs.end(exec, startExitCode(cause));
    const reason = errorMessage(cause);
    const step = reason === relativeDirectory ? '' : 'unable to start container process: ';
    const message = `OCI runtime exec failed: exec failed: ${step}${reason}`;
    throw new EngineError(errorKind(cause), message, { cause });
  }
}

/**
 * The conversation, which begins before the process does: a client that reads the head of the answer through a buffer
 * of its own would lose output that came with it.
 */
function converse(
  context: ContainerContext,
  record: ContainerRecord,
  exec: Exec,
  running: Promise<RunningExec>,
): AttachedStream {
  const { terminal, detachKeys, attach } = exec.config;
  const filtered = !terminal && attach.stdout !== attach.stderr;
  const onDetach = () => {
    publish(context, record, 'exec_detach', { execID: exec.id });
    keep(context, exec, { ...exec.config, killOnDisconnect: false });
  };
  const stream = new RelayStream({
    ended: running.then(
      ({ ended }) => ended,
      () => undefined,
    ),
    ...(filtered ? { filter: new FrameFilter(attach) } : {}),
    ...(terminal ? { detachKeys: parseDetachKeys(detachKeys ?? '', 'escape'), onDetach } : {}),
  });
  if (endsWithClient(exec)) endWithClient(context, exec, stream);
  running.then(
    ({ task }) => (task.socket === undefined ? stream.push(null) : stream.connect(task.socket)),
    (error) => tellFailure(stream, exec, error),
  );
  return { stream, framed: !terminal };
}

/** Clients read why a process did not start from its stream, and the exit code from the exec. */
function tellFailure(stream: RelayStream, { config }: Exec, error: unknown): void {
  const text = `${errorMessage(error)}\r\n`;
  stream.push(config.terminal ? text : encodeFrame('stdout', text));
  stream.push(null);
}

/** Notes the exec's end when it comes. */
export function watchEnd(
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
