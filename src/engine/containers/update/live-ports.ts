import { EngineError, errorKind, errorMessage } from '#base';
import { hostPortInUse, type PortRequest, type PublishedPort, type Sandbox } from '#engine/networks';
import { compilePorts, encodePlan } from '#runtime';
import type { Task } from '#task';
import { networkingFailure } from '../lifecycle/start-failure.ts';
import type { LiveContainer } from '../live.ts';

/** A running container whose ports can change. */
export interface PortHolder {
  readonly task: Task;
  readonly sandbox: Sandbox;
}

/** Makes some ports of a running container unreachable and gives them back. */
export async function closePorts(live: PortHolder, ports: readonly PublishedPort[]): Promise<void> {
  live.sandbox.removePorts(ports);
  await holdPorts(live);
}

/**
 * Publishes further ports of a running container.
 * @returns what was published
 * @throws EngineError with the text of a start that can't have its ports; nothing has changed then
 */
export async function openPorts(
  live: PortHolder,
  wishes: readonly PortRequest[],
): Promise<readonly PublishedPort[]> {
  const { sandbox } = live;
  const opened = takePorts(sandbox, wishes);
  try {
    await holdPorts(live);
    await sandbox.publish();
    return opened;
  } catch (cause) {
    const failure = portFailure(sandbox, opened, cause);
    sandbox.removePorts(opened);
    throw failure;
  }
}

/** Opens again, at the same places, what was closed. */
export async function reopenPorts(live: PortHolder, ports: readonly PublishedPort[]): Promise<void> {
  await openPorts(
    live,
    ports.map((port) => ({ ...port, hostPortEnd: port.hostPort })),
  );
}

/** Tells the shim which sockets to hold: those of the ports as they are now. */
export async function holdPorts({ task, sandbox }: PortHolder): Promise<void> {
  try {
    await task.listen(encodePlan(compilePorts(sandbox.listens)));
  } catch (cause) {
    if (errorKind(cause) !== 'notImplemented') throw cause;
    const reason = 'the container was started by an older engine; its ports can change after a restart';
    throw new EngineError('conflict', reason, { cause });
  }
}

/** Has the shim close all of them. */
export async function closeListens({ task }: Pick<PortHolder, 'task'>): Promise<void> {
  await task.listen(encodePlan(compilePorts([])));
}

/** The same as holdPorts() when ports may have got other targets: sockets are given back before they are taken again. */
export async function moveListens(live: PortHolder): Promise<void> {
  await closeListens(live);
  await holdPorts(live);
}

/** Undefined for a container without a network of its own. */
export function portHolderOf({ task, sandbox }: LiveContainer): PortHolder | undefined {
  return sandbox === undefined ? undefined : { task, sandbox };
}

/** The shim tells only why; the port is the first one that nobody else of ours has. */
function portFailure(sandbox: Sandbox, [first]: readonly PublishedPort[], cause: unknown): EngineError {
  if (first === undefined || errorKind(cause) === 'conflict') return networkingFailure(cause);
  return networkingFailure(hostPortInUse(sandbox.toRecord(), first, errorMessage(cause)));
}

function takePorts(sandbox: Sandbox, wishes: readonly PortRequest[]): readonly PublishedPort[] {
  try {
    return sandbox.addPorts(wishes);
  } catch (cause) {
    throw networkingFailure(cause);
  }
}
