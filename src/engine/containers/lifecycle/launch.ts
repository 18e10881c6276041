import { nowNs } from '#base';
import type { Sandbox } from '#engine/networks';
import { prepareCgroup } from '#linux';
import { compile, encodePlan, type LaunchPlan, writeBundle } from '#runtime';
import { endTask, type Task, type TaskSpec } from '#task';
import type { WaitingStream } from '../attach/attach.ts';
import type { ContainerContext } from '../context.ts';
import { bundleDirectory } from '../directories.ts';
import { healthCheckOf } from '../health/health-check.ts';
import type { LiveContainer } from '../live.ts';
import { taskLogOf } from '../logs/task-log.ts';
import { buildSpec } from '../spec/build-spec.ts';
import { trace } from '../trace.ts';
import type { ContainerRecord } from '../types.ts';
import { refuseUnshared } from './bind-propagation.ts';
import { fillVolumes } from './copy-up.ts';
import { joinNetworks } from './networking.ts';
import { openReadyMounts } from './ready-mounts.ts';
import { gatherSpecContext } from './spec-context.ts';
import { type FailedLaunch, taskFailure } from './start-failure.ts';
import { ensureBindSources, mountVolumes } from './volumes.ts';

export interface Launched {
  readonly live: LiveContainer;
  /** Not later than anything that the process does: clients ask for the log from here on. */
  readonly startedNs: bigint;
}

/** Brings a container's process to life, in its networks and with its conversations; or leaves nothing behind. */
export async function launch(context: ContainerContext, stored: ContainerRecord): Promise<Launched> {
  const step = trace(context, 'start', stored.id);
  await using undo = new AsyncDisposableStack();
  const waiting = context.live.takeWaiting(stored.id);
  undo.defer(() => waiting.forEach(({ duplex }) => void duplex.destroy()));
  const sandbox = await joinNetworks(context, stored);
  undo.defer(() => sandbox?.release());
  const record = await prepareMounts(context, stored);
  step('networks and mounts');
  await context.live.cleared(record.id);
  undo.defer(() => context.secretFiles.discard(record.id));
  using prepared = await prepareTask(context, record, sandbox);
  const { spec, plan, bundleWritten } = prepared;
  // Who removes the bundle must not meet a file that is still being written.
  undo.defer(() => bundleWritten.catch(() => undefined));
  step('spec and plan');
  const attach = waiting.map(({ selection }) => selection);
  const startedNs = nowNs();
  const task = await startTask(context, { ...spec, attach }, { plan, sandbox });
  undo.defer(() => endTask(task));
  step('task');
  connect(waiting, task);
  const readiness = healthCheckOf(record.config) === undefined ? 'answering' : 'admitted';
  await Promise.all([bundleWritten, sandbox?.publish(readiness)]);
  step('ports and bundle');
  undo.move();
  return { live: { task, sandbox }, startedNs };
}

/** @returns the record, which tells where the volumes are by now */
async function prepareMounts(context: ContainerContext, stored: ContainerRecord): Promise<ContainerRecord> {
  const record = await mountVolumes(context, stored);
  await ensureBindSources(record.mounts);
  refuseUnshared(record.mounts);
  await fillVolumes(context, record);
  return record;
}

/** To be disposed of when the container's process has its mounts. */
interface PreparedTask extends Disposable {
  readonly spec: TaskSpec;
  readonly plan: LaunchPlan;
  readonly bundleWritten: Promise<void>;
}

/** Everything that the shim must be told. The bundle on disk is for others to read: nobody waits for it. */
async function prepareTask(
  context: ContainerContext,
  record: ContainerRecord,
  sandbox: Sandbox | undefined,
): Promise<PreparedTask> {
  const { config } = record;
  const log = taskLogOf(context, record);
  const specContext = await gatherSpecContext(context, record, sandbox);
  const spec = buildSpec(record, specContext);
  const bundle = bundleDirectory(context.settings, record.id);
  using undo = new DisposableStack();
  const { paths: readyMounts } = undo.use(await openReadyMounts(context, record, specContext.user));
  const { mounts: rootMounts } = undo.use(await context.snapshots.rootMounts(record.id));
  const plan = compile(spec, {
    bundle,
    rootMounts,
    readyMounts,
    cgroup: prepareCgroup(context.cgroups, specContext.cgroupsPath),
    ...(sandbox?.launch ? { network: sandbox.launch } : {}),
    sessionName: record.id,
    init: record.hostConfig.Init ?? context.settings.init,
  });
  const bundleWritten = writeBundle(bundle, spec);
  const mounts = undo.move();
  return {
    [Symbol.dispose]: () => mounts.dispose(),
    plan,
    bundleWritten,
    spec: {
      id: record.id,
      dir: bundle,
      plan: encodePlan(plan),
      terminal: config.Tty,
      openStdin: config.OpenStdin,
      stdinOnce: config.StdinOnce,
      log,
    },
  };
}

async function startTask(context: ContainerContext, spec: TaskSpec, launch: FailedLaunch): Promise<Task> {
  try {
    return await context.tasks.start(spec);
  } catch (cause) {
    throw taskFailure(cause, launch);
  }
}

function connect(waiting: readonly WaitingStream[], task: Task): void {
  waiting.forEach(({ duplex }, index) => {
    const socket = task.attached[index];
    if (socket !== undefined) duplex.connect(socket);
  });
}
