import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import type { Containers } from '../types.ts';
import { connectNetwork, disconnectNetwork } from './membership.ts';

/** Which networks a container is in. */
export function membershipVerbs(
  context: ContainerContext,
): Pick<Containers, 'connectNetwork' | 'disconnectNetwork'> {
  return {
    connectNetwork: (ref, network, wish) =>
      locked(context, ref, (record) => connectNetwork(context, record, network, wish)),
    disconnectNetwork: (ref, network) =>
      locked(context, ref, (record) => disconnectNetwork(context, record, network)),
  };
}
