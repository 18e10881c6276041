import { type NetlinkMessage, route } from '#linux';
import { addressBytes, bytesOf, lastAddress, parseSubnet } from '../ipam/address.ts';
import { linkLocalOf } from '../ipam/mac-address.ts';
import type { EndpointAddress, EndpointState } from '../types.ts';
import type { Attachment } from './attachment.ts';
import { gatewayOf } from './gateway.ts';

/** What the kernel gives the device of an attachment. */
export interface DeviceKernel {
  /** It has the parameters of IPv6, and can have addresses of it. */
  readonly ipv6: boolean;
}

export function kernelOf({ network }: Attachment, host: DeviceKernel): DeviceKernel {
  return { ipv6: host.ipv6 && network?.carriesIpv6 === true };
}

/** A kernel parameter by its path, as `net/ipv4/ip_forward`. */
export interface KernelParameter {
  readonly path: string;
  readonly value: string;
}

/**
 * Whether an endpoint's device knows IPv6: it does not without an address of it, or its neighbours could still give it
 * addresses and routes of theirs.
 */
export function ipv6Parameter({ device, ipv6, linkLocal }: EndpointState): KernelParameter {
  const takesPart = ipv6 !== undefined || linkLocal.some(isIpv6);
  return { path: `net/ipv6/conf/${device}/disable_ipv6`, value: takesPart ? '0' : '1' };
}

/** The messages, sent in the container's namespace, that give an endpoint's device its addresses and set it up. */
export function addressMessages(endpoint: EndpointState, kernel: DeviceKernel): NetlinkMessage[] {
  const { index, ipv4, ipv6, linkLocal, rates } = endpoint;
  return [
    ...(kernel.ipv6 ? [route.withoutLinkLocal(index)] : []),
    ...(ipv4 ? [ipv4Message(ipv4, index)] : []),
    ...linkLocal.map((address) => linkLocalMessage(address, index)),
    route.setLinkUp(index),
    ...(rates?.out === undefined ? [] : [route.limitRate(index, rates.out)]),
    ...(ipv6 ? ipv6Messages(ipv6, endpoint) : []),
  ];
}

/** IPv6 does not work as it should without a link-local address: it has one that nobody need be asked for. */
function ipv6Messages(
  { address, prefixLength }: EndpointAddress,
  { index, macAddress, linkLocal }: EndpointState,
): NetlinkMessage[] {
  const isGiven = linkLocal.some(isIpv6);
  return [
    ...(isGiven ? [] : [linkLocalMessage(linkLocalOf(macAddress), index)]),
    route.addAddress({ index, address: addressBytes(address), prefixLength }),
  ];
}

function ipv4Message({ address, prefixLength }: EndpointAddress, index: number): NetlinkMessage {
  const broadcast = bytesOf(lastAddress(parseSubnet(`${address}/${prefixLength}`)));
  return route.addAddress({ index, address: addressBytes(address), prefixLength, broadcast });
}

function linkLocalMessage(address: string, index: number): NetlinkMessage {
  if (!isIpv6(address)) return ipv4Message({ address, prefixLength: 16, gateway: '' }, index);
  return route.addAddress({ index, address: addressBytes(address), prefixLength: 64 });
}

/** The messages that make the default routes lead as the endpoints want it, wherever they led before. */
export function routeMessages(endpoints: Readonly<Record<string, EndpointState>>): NetlinkMessage[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const endpoint = gatewayOf(family, endpoints);
    const gateway = endpoint?.[family]?.gateway;
    if (endpoint === undefined || gateway === undefined) return [];
    return [route.setDefaultRoute(addressBytes(gateway), endpoint.index)];
  });
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
