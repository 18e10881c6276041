import { type EndpointSettings, messages } from '#api';
import { EngineError, errnoOf, errorMessage } from '#base';
import type { NetworkRecord, Reservation } from '#engine/networks';
import { type OpenDescriptor, openNetworkNamespace } from '#linux';
import type { ContainerContext } from '../context.ts';
import { refreshResolvConf } from '../lifecycle/etc-files.ts';
import { portsOf } from '../lifecycle/networking.ts';
import type { ContainerRecord, EditUnderWay } from '../types.ts';
import { moveListens, type PortHolder } from '../update/live-ports.ts';
import { updateHosts } from './live-hosts.ts';
import { namedWishes } from './named-wishes.ts';
import { endpointRequest } from './wishes.ts';

export interface Joining {
  readonly network: NetworkRecord;
  readonly wish: EndpointSettings | null;
}

/**
 * Has a running container join a network. What is about to be made is stored first: the daemon that comes after a
 * killed one takes it away again.
 * @throws EngineError; everything is as before then
 */
export async function connectLive(
  context: ContainerContext,
  record: ContainerRecord,
  live: PortHolder,
  { network, wish }: Joining,
): Promise<void> {
  const { id } = record;
  const { sandbox } = live;
  using namespace = openNamespaceOf(record, live);
  await using undo = new AsyncDisposableStack();
  const labels = record.config.Labels ?? {};
  const request = { ...endpointRequest(network.name, wish), labels };
  const reservation = sandbox.reserve(request, namespace.fd);
  undo.defer(() => reservation.cancel());
  context.records.update(id, { edit: { ...nothing, unplug: [reservation.endpoint] } });
  undo.defer(() => void context.records.update(id, { edit: undefined }));
  const moved = await plug(reservation);
  undo.defer(() => unplug(live, record, network.name, namespace.fd));
  if (moved) await movePorts(live, record);
  await sandbox.publish();
  updateHosts(context, record, { left: [], present: [reservation.endpoint] });
  refreshResolvConf(context, record, sandbox);
  context.records.update(id, {
    networks: { ...namedWishes(context, record), [network.name]: wish },
    sandbox: sandbox.toRecord(),
    edit: undefined,
  });
  undo.move();
}

/**
 * Takes a running container out of a network. That is stored first: the daemon that comes after a killed one brings
 * it to its end.
 * @throws EngineError
 */
export async function disconnectLive(
  context: ContainerContext,
  record: ContainerRecord,
  live: PortHolder,
  network: NetworkRecord,
): Promise<void> {
  const { id } = record;
  const { sandbox } = live;
  const { [network.name]: left, ...endpoints } = sandbox.endpoints;
  if (left === undefined) {
    throw new EngineError('internal', `container ${id} is not connected to network ${network.name}`);
  }
  const { [network.name]: _, ...networks } = namedWishes(context, record);
  using namespace = openNamespaceOf(record, live);
  const edit = { ...nothing, unplug: [left] };
  context.records.update(id, { networks, sandbox: { ...sandbox.toRecord(), endpoints }, edit });
  await unplug(live, record, network.name, namespace.fd);
  updateHosts(context, record, { left: [left], present: [] });
  refreshResolvConf(context, record, sandbox);
  context.records.update(id, { sandbox: sandbox.toRecord(), edit: undefined });
}

/** Has a running container send and receive as its labels say. @throws EngineError invalid */
export function limitLive(record: ContainerRecord, live: PortHolder): void {
  using namespace = openNamespaceOf(record, live);
  live.sandbox.limitRates(record.config.Labels ?? {}, namespace.fd);
}

/** Takes away what a killed daemon was making or taking away, of a container that is taken over. */
export async function settleMembership(
  context: ContainerContext,
  record: ContainerRecord,
  live: PortHolder,
): Promise<void> {
  const { sandbox } = live;
  const left = record.edit?.unplug ?? [];
  if (left.length === 0) return;
  using namespace = openNamespaceOf(record, live);
  for (const endpoint of left) await sandbox.discard(endpoint, namespace.fd);
  updateHosts(context, record, { left, present: Object.values(sandbox.endpoints) });
  refreshResolvConf(context, record, sandbox);
}

/** The container's network namespace. @throws EngineError conflict, when its process has just ended */
function openNamespaceOf({ id }: ContainerRecord, { task }: PortHolder): OpenDescriptor {
  try {
    return openNetworkNamespace(task.pid);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('conflict', messages.notRunning(id), { cause });
  }
}

const nothing: EditUnderWay = { unmount: [], limits: [] };

/** In Docker's words. @returns whether the ports have moved */
async function plug({ endpoint, plug }: Reservation): Promise<boolean> {
  try {
    return await plug();
  } catch (cause) {
    const { device, hostDevice } = endpoint;
    const problem =
      errnoOf(cause) === 'EEXIST'
        ? `error renaming interface "${hostDevice}" to "${device}": file exists`
        : errorMessage(cause);
    const text = `failed to add interface ${hostDevice} to sandbox: ${problem}`;
    throw new EngineError('internal', text, { cause });
  }
}

async function unplug(live: PortHolder, record: ContainerRecord, network: string, netns: number) {
  if (await live.sandbox.unplug(network, netns)) await movePorts(live, record);
  await live.sandbox.publish();
}

/** Ports that the last network did not publish come with one that does. */
async function movePorts(live: PortHolder, record: ContainerRecord): Promise<void> {
  const { sandbox } = live;
  if (sandbox.publishes && sandbox.ports.length === 0) sandbox.addPorts(portsOf(record));
  await moveListens(live);
}
