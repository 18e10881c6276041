import type { RouteEntry } from '#linux';
import { type AddressFamily, addressOf, overlaps, parseSubnet, type Subnet, subnetOf } from './address.ts';

/** Shorter prefixes stand for everything, as half of the Internet in a VPN's pair of routes does. */
const shortestPrefix = { 4: 8, 6: 16 } as const satisfies Record<AddressFamily, number>;
/** Each link has all of these. */
const linkLocal = parseSubnet('fe80::/10');
/** unicast, local, blackhole, unreachable, prohibit */
const typesInUse = [1, 2, 6, 7, 8];

/** The subnets that routes lead to, whichever table they are in, but for those by one device. */
export function routedSubnets(routes: readonly RouteEntry[], exceptDevice?: number): Subnet[] {
  return routes.flatMap(({ destination, prefixLength, device, type }) => {
    if (device === exceptDevice || !typesInUse.includes(type)) return [];
    const subnet = subnetOf(addressOf(destination), prefixLength);
    const isAnywhere = prefixLength < shortestPrefix[subnet.family];
    return isAnywhere || overlaps(linkLocal, subnet) ? [] : [subnet];
  });
}
