import type { RouteEntry } from '#linux';
import { formatSubnet, overlaps, parseSubnet } from './ipam/address.ts';
import { routedSubnets } from './ipam/routed-subnets.ts';
import type { BridgeRecord } from './types.ts';

/** A network that can't be reached, or hides what could, since a route of the host leads to the same addresses. */
export interface Clash {
  readonly network: string;
  /** Where the route leads to. */
  readonly route: string;
}

/** A network with the index of its bridge. */
export interface RoutedNetwork {
  readonly record: BridgeRecord;
  readonly index: number;
}

/** The networks that routes lead to by other devices than those of networks. */
export function findClashes(routes: readonly RouteEntry[], networks: readonly RoutedNetwork[]): Clash[] {
  const own = new Set(networks.map(({ index }) => index));
  const subnets = routedSubnets(routes.filter(({ device }) => !own.has(device)));
  // Most routes that come are our own, and those of links.
  if (subnets.length === 0) return [];
  return networks.flatMap(({ record: { name, pools } }) => {
    const given = pools.map(({ subnet }) => parseSubnet(subnet));
    return subnets
      .filter((route) => given.some((subnet) => overlaps(subnet, route)))
      .map((route) => ({ network: name, route: formatSubnet(route) }));
  });
}
