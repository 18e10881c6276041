import type { NetworkRecord } from '#engine/networks';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';
import { type NetworkWishes, networkWishes } from './wishes.ts';

/**
 * What is wished for in each network, by the networks' own names: requests may say ids, and both of one network. What
 * names no network stays as it is.
 */
export function namedWishes(context: ContainerContext, record: ContainerRecord): NetworkWishes {
  const named: Record<string, NetworkWishes[string]> = {};
  for (const [ref, wish] of Object.entries(networkWishes(record))) {
    const name = nameOf(context, ref);
    named[name] = wish ?? named[name] ?? null;
  }
  return named;
}

/** The record with its networks by their names, stored so when it was not. */
export function settleNames(context: ContainerContext, record: ContainerRecord): ContainerRecord {
  const networks = namedWishes(context, record);
  const isSettled = Object.keys(networkWishes(record)).every((ref) => ref in networks);
  return isSettled ? record : context.records.update(record.id, { networks });
}

function nameOf(context: ContainerContext, ref: string): string {
  // It may be made before the container starts.
  return findNetwork(context, ref)?.name ?? ref;
}

/** The network that a name or an id stands for; undefined for none or for several. */
export function findNetwork({ networks }: ContainerContext, ref: string): NetworkRecord | undefined {
  try {
    return networks.inspect(ref);
  } catch {
    return undefined;
  }
}
