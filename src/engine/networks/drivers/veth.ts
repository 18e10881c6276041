import { randomBytes } from 'node:crypto';
import { type Attribute, type NetlinkMessage, route } from '#linux';
import type { EndpointState } from '../types.ts';
import { randomDeviceIndex } from './device-index.ts';

export function randomVethName(): string {
  return `veth${randomBytes(4).toString('hex').slice(0, 7)}`;
}

/** The messages that make an endpoint's pair of devices: the host's end is a port of a bridge. */
export function vethMessages(
  { hostDevice, device, index, macAddress, rates }: EndpointState,
  { master, mtu }: { readonly master: number; readonly mtu: number },
  namespace: Attribute,
): [NetlinkMessage, ...NetlinkMessage[]] {
  const hostIndex = randomDeviceIndex();
  const peer = { name: device, index, macAddress, namespace };
  return [
    route.createVeth({ name: hostDevice, index: hostIndex, master, mtu, peer }),
    // Where bridged frames pass nftables, a container's call to its own published port turns back at its own port.
    route.setHairpin(hostIndex),
    ...(rates?.in === undefined ? [] : [route.limitRate(hostIndex, rates.in)]),
  ];
}
