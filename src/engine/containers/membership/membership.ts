import type { EndpointSettings } from '#api';
import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { type PortHolder, portHolderOf } from '../update/live-ports.ts';
import { connectLive, disconnectLive } from './live-membership.ts';
import { findNetwork, namedWishes } from './named-wishes.ts';
import { endpointRequest } from './wishes.ts';

/**
 * Has a container join a network: now, if it runs, and at each of its starts, before which a network that is not there
 * may be made. The container's lock is held.
 * @throws EngineError notFound; invalid, for a wish that can't be and for networks that exclude each other; forbidden,
 * when it is in the network already
 */
export async function connectNetwork(
  context: ContainerContext,
  record: ContainerRecord,
  ref: string,
  wish: EndpointSettings | null,
): Promise<void> {
  refuseRemoval(record);
  const live = holderOf(context, record);
  const network = live === undefined ? findNetwork(context, ref) : context.networks.inspect(ref);
  const name = network?.name ?? ref;
  if (network !== undefined) context.networks.checkWish(endpointRequest(name, wish));
  refuseTwice(record, name);
  refuseExclusive(context, record, name);
  if (live !== undefined && network !== undefined) {
    return await connectLive(context, record, live, { network, wish });
  }
  context.records.update(record.id, { networks: { ...namedWishes(context, record), [name]: wish } });
}

/** Takes a container out of a network, now and for its next starts. The same holds as for connectNetwork(). */
export async function disconnectNetwork(
  context: ContainerContext,
  record: ContainerRecord,
  ref: string,
): Promise<void> {
  refuseRemoval(record);
  const live = holderOf(context, record);
  const network = live === undefined ? findNetwork(context, ref) : context.networks.inspect(ref);
  const name = network?.name ?? ref;
  if (record.hostConfig.NetworkMode === 'host' && name === 'host') {
    throw new EngineError(
      'invalid',
      'cannot disconnect container from host network - container was created in host network mode',
    );
  }
  if (live !== undefined && network !== undefined)
    return await disconnectLive(context, record, live, network);
  const { [name]: left, ...networks } = namedWishes(context, record);
  if (left === undefined) {
    throw new EngineError('internal', `container ${record.id} is not connected to the network ${name}`);
  }
  context.records.update(record.id, { networks });
}

function holderOf({ live }: ContainerContext, { id }: ContainerRecord): PortHolder | undefined {
  const container = live.get(id);
  return container && portHolderOf(container);
}

function refuseRemoval({ id, state: { status } }: ContainerRecord): void {
  if (status !== 'removing' && status !== 'dead') return;
  const text = `Container ${id} is marked for removal and cannot be connected or disconnected to the network`;
  throw new EngineError('conflict', text);
}

function refuseTwice({ name, state, sandbox }: ContainerRecord, network: string): void {
  if (!isLive(state) || sandbox?.endpoints[network] === undefined) return;
  throw new EngineError('forbidden', `endpoint with name ${name} already exists in network ${network}`);
}

function refuseExclusive(context: ContainerContext, record: ContainerRecord, name: string): void {
  const mode = record.hostConfig.NetworkMode;
  if (mode === 'host' || mode.startsWith('container:')) {
    throw new EngineError(
      'invalid',
      'container sharing network namespace with another container or host cannot be connected to any other network',
    );
  }
  if (name === 'host') {
    const reason = 'container must be created in host network mode';
    throw new EngineError('invalid', `cannot connect container to host network - ${reason}`);
  }
  const others = Object.keys(namedWishes(context, record)).filter((other) => other !== name);
  if ((name === 'none' && others.length > 0) || others.includes('none')) {
    throw new EngineError(
      'invalid',
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
  }
}
