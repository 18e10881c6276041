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

/** The networks that routes lead to by other devices than their own; `indexOf` tells a device's index. */
export function findClashes(
  routes: readonly RouteEntry[],
  networks: readonly BridgeRecord[],
  indexOf: (device: string) => number | undefined,
): Clash[] {
  // Most routes that come are those of links, which clash with nothing.
  if (routedSubnets(routes).length === 0) return [];
  return networks.flatMap(({ name, pools, bridge }) => {
    const subnets = pools.map(({ subnet }) => parseSubnet(subnet));
    const clashing = (except?: number) =>
      routedSubnets(routes, except).filter((route) => subnets.some((subnet) => overlaps(subnet, route)));
    if (clashing().length === 0) return [];
    return clashing(indexOf(bridge.device)).map((route) => ({ network: name, route: formatSubnet(route) }));
  });
}
