import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { containerCreateRequest, decode, demultiplex } from '#api';
import { digestOf, nowNs } from '#base';
import { prepareCgroup, removeCgroup } from '#linux';
import { hostPlatform } from '#oci';
import { compile, encodePlan } from '#runtime';
import { endTask, type Task } from '#task';
import { layerMembers } from '../commit/layer-members.ts';
import type { ContainerContext } from '../context.ts';
import { bundleDirectory, durableDirectory } from '../directories.ts';
import { cgroupOf } from '../lifecycle/cgroup-path.ts';
import { detachedMount } from '../lifecycle/detached-mount.ts';
import { joinNetworks } from '../lifecycle/networking.ts';
import { gatherSpecContext } from '../lifecycle/spec-context.ts';
import { taskFailure } from '../lifecycle/start-failure.ts';
import { createRecord, newContainerId } from '../record/create-record.ts';
import { noMount } from '../record/no-mount.ts';
import { buildSpec } from '../spec/build-spec.ts';
import { mountOf } from '../spec/mounts.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';
import { removeStubs } from './stubs.ts';
import type { FinishedStep, StepMount, StepRequest } from './types.ts';

/**
 * Runs one command in a root of its own, with the networks, limits and protection of a container but without being
 * one: nothing is stored or published, and a daemon that comes after removes what it left.
 * @throws EngineError, when the command can't be started; the signal's reason, when that is aborted
 */
export async function runStep(
  context: ContainerContext,
  request: StepRequest,
  signal: AbortSignal,
): Promise<FinishedStep> {
  await using undo = new AsyncDisposableStack();
  const record = recordOf(context, request);
  const { id } = record;
  await context.snapshots.prepare(id, request.layers);
  undo.defer(() => context.snapshots.remove(id));
  const exitCode = await runOnce(context, { record, request }, signal);
  await removeStubs(context.snapshots, id, request.mounts);
  const held = undo.move();
  return {
    exitCode,
    changes: () => layerMembers(context.snapshots.upperDir(id), signal),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** The same for each, so that what a command writes of it is the same again. */
const hostName = 'buildkitsandbox';

interface Step {
  readonly record: ContainerRecord;
  readonly request: StepRequest;
}

/** A step is a container that nobody stores: all that applies to one applies to it. */
function recordOf({ settings, secrets }: ContainerContext, request: StepRequest): ContainerRecord {
  const { argv, env, user, workingDir, hostConfig, layers, mounts } = request;
  const config = {
    Image: '',
    Hostname: hostName,
    Cmd: argv,
    Env: env,
    User: user,
    WorkingDir: workingDir,
    HostConfig: hostConfig,
  };
  const image = {
    // Accounts are remembered by it.
    id: digestOf(layers.join(' ')),
    reference: '',
    config: imageWithoutConfig,
    layers,
  };
  const record = createRecord(decode(containerCreateRequest, config), image, {
    id: newContainerId(),
    name: '',
    createdNs: nowNs(),
    defaults: settings.defaults,
    cpuCount: availableParallelism(),
    hostName: hostname(),
    mountsOf: () => [],
    imageOf: () => image,
    findSecret: (kind, ref) => secrets[kind].find(ref),
  });
  return { ...record, mounts: mounts.map(asContainerMount) };
}

const imageWithoutConfig = {
  ...hostPlatform(),
  config: {},
  rootfs: { type: 'layers', diff_ids: [] },
  history: [],
} as const;

async function runOnce(context: ContainerContext, step: Step, signal: AbortSignal): Promise<number> {
  const { record } = step;
  const { settings } = context;
  await using undo = new AsyncDisposableStack();
  const bundle = bundleDirectory(settings, record.id);
  const lasting = durableDirectory(settings, record.id);
  undo.defer(() => rm(bundle, { recursive: true, force: true }));
  undo.defer(() => rm(lasting, { recursive: true, force: true }));
  undo.defer(() => removeCgroup(cgroupOf(context, record)));
  const task = await startTask(context, step, { undo, bundle });
  const stop = () => void endTask(task).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  undo.defer(() => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();
  const [status] = await Promise.all([task.exited, passOutput(task, step.request)]);
  task.close();
  signal.throwIfAborted();
  return status.code;
}

function asContainerMount(mount: StepMount): ContainerMount {
  const { type, destination } = mount;
  if (type === 'tmpfs') return { ...noMount, type, destination, writable: true, options: mount.options };
  const { source, writable } = mount;
  return { ...noMount, type, source, destination, writable, recursive: true, propagation: 'rprivate' };
}

/** What the task takes is given back by `undo`, in the right order. */
async function startTask(
  context: ContainerContext,
  { record }: Step,
  { undo, bundle }: { readonly undo: AsyncDisposableStack; readonly bundle: string },
): Promise<Task> {
  await mkdir(durableDirectory(context.settings, record.id), { recursive: true, mode: 0o710 });
  const sandbox = await joinNetworks(context, record);
  undo.defer(() => sandbox?.release());
  const specContext = await gatherSpecContext(context, record, sandbox);
  using ready = new DisposableStack();
  const readyMounts = openMounts(record.mounts, ready);
  const { mounts: rootMounts } = ready.use(await context.snapshots.rootMounts(record.id));
  const plan = compile(buildSpec(record, specContext), {
    bundle,
    rootMounts,
    readyMounts,
    cgroup: prepareCgroup(context.cgroups, specContext.cgroupsPath),
    ...(sandbox?.launch ? { network: sandbox.launch } : {}),
    sessionName: record.id,
    init: false,
  });
  try {
    const attach = [{ stdin: false, stdout: true, stderr: true }];
    const options = { terminal: false, openStdin: false, stdinOnce: false, log: undefined, attach };
    return await context.tasks.start({ id: record.id, dir: bundle, plan: encodePlan(plan), ...options });
  } catch (cause) {
    throw taskFailure(cause, { plan, sandbox });
  }
}

/** Opens what is bound into the root here: some of it has no place but in this process. */
function openMounts(mounts: readonly ContainerMount[], open: DisposableStack): ReadonlyMap<string, string> {
  const binds = mounts.filter(({ type }) => type === 'bind');
  return new Map(
    binds.map((mount) => {
      const { fd } = open.use(detachedMount(mountOf(mount)));
      return [mount.destination, `/proc/${process.pid}/fd/${fd}`];
    }),
  );
}

async function passOutput(task: Task, { onOutput }: StepRequest): Promise<void> {
  const [socket] = task.attached;
  if (socket === undefined) return;
  for await (const { stream, payload } of demultiplex(socket)) {
    onOutput(stream === 2 ? 'stderr' : 'stdout', payload);
  }
}
