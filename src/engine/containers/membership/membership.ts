import { type EndpointSettings, messages } from '#api';
import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { validateEndpoint } from '../record/validate-network.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { networkWishes } from './wishes.ts';

/**
 * Has a container join a network at its next start, or join it otherwise. The container's lock is held.
 * @throws EngineError notFound; invalid, for a wish that can't be; conflict, for networks that exclude each other;
 * notImplemented, while the container runs
 */
export function connectNetwork(
  context: ContainerContext,
  record: ContainerRecord,
  network: string,
  wish: EndpointSettings | null,
): void {
  const { name } = context.networks.inspect(network);
  if (wish !== null) validateEndpoint(name, wish);
  refuseRunning(record);
  const wishes = networkWishes(record);
  refuseSharing(record);
  if (name === 'host') {
    const reason = 'container must be created in host network mode';
    throw new EngineError('conflict', `cannot connect container to host network - ${reason}`);
  }
  if (name === 'none' || 'none' in wishes) {
    throw new EngineError(
      'conflict',
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
  }
  context.records.update(record.id, { networks: { ...wishes, [name]: wish } });
}

/** Takes a container out of a network that it would join at its next start. The same holds as for connectNetwork(). */
export function disconnectNetwork(context: ContainerContext, record: ContainerRecord, network: string): void {
  const { name } = context.networks.inspect(network);
  refuseRunning(record);
  if (record.hostConfig.NetworkMode === 'host') {
    throw new EngineError(
      'conflict',
      'container cannot be disconnected from host network or connected to host network',
    );
  }
  const { [name]: left, ...rest } = networkWishes(record);
  if (left === undefined) {
    throw new EngineError('conflict', `container ${record.id} is not connected to the network ${name}`);
  }
  context.records.update(record.id, { networks: rest });
}

function refuseSharing({ hostConfig }: ContainerRecord): void {
  if (hostConfig.NetworkMode !== 'host' && !hostConfig.NetworkMode.startsWith('container:')) return;
  throw new EngineError(
    'conflict',
    'container sharing network namespace with another container or host cannot be connected to any other network',
  );
}

function refuseRunning({ state, name }: ContainerRecord): void {
  if (isLive(state)) throw new EngineError('notImplemented', messages.runningNetworks(name));
}
