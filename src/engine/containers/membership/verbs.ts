import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import type { Containers } from '../types.ts';
import { connectNetwork, disconnectNetwork } from './membership.ts';

/** With force, a container that is gone may have left its place in a network: here, none ever does. */
function refuseUnknown({ records }: ContainerContext, ref: string): void {
  try {
    records.find(ref);
  } catch (cause) {
    throw new EngineError('notFound', `endpoint ${ref} not found`, { cause });
  }
}

/** Which networks a container is in. */
export function membershipVerbs(
  context: ContainerContext,
): Pick<Containers, 'connectNetwork' | 'disconnectNetwork'> {
  return {
    connectNetwork: (ref, network, wish) =>
      locked(context, ref, (record) => connectNetwork(context, record, network, wish)),
    async disconnectNetwork(ref, network, { force = false } = {}) {
      if (force) refuseUnknown(context, ref);
      await locked(context, ref, (record) => disconnectNetwork(context, record, network));
    },
  };
}
