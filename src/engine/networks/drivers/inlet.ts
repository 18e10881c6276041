import { type NetlinkSocket, route, writeSysctl } from '#linux';
import { addressBytes } from '../ipam/address.ts';
import { randomMac } from '../ipam/mac-address.ts';
import type { NetworkRecord } from '../types.ts';
import { randomDeviceIndex } from './device-index.ts';

/** A cable from the host to itself, by which a connection comes in a second time when the host's input let it in. */
export interface Inlet {
  /** Index of the end that packets are sent by. */
  readonly sender: number;
  /** Name of the end that they arrive at. */
  readonly arrival: string;
}

/** IPv4 takes packets from anywhere only at a device that has an address. */
const address = '169.254.107.1';

/** Names of both ends; deleting one deletes both. */
export function inletNames({ id }: Pick<NetworkRecord, 'id'>): {
  readonly sender: string;
  readonly arrival: string;
} {
  const mark = id.slice(0, 11);
  return { sender: `wo-${mark}`, arrival: `wi-${mark}` };
}

/** Makes a network's inlet. @throws SystemCallError */
export function makeInlet(routing: NetlinkSocket, network: Pick<NetworkRecord, 'id'>): Inlet {
  const names = inletNames(network);
  const [sender, arrival] = [randomDeviceIndex(), randomDeviceIndex()];
  const ends = [
    { name: names.sender, index: sender },
    { name: names.arrival, index: arrival },
  ] as const;
  routing.request([
    ...route.createLoop(...ends, randomMac()),
    route.addAddress({ index: arrival, address: addressBytes(address), prefixLength: 32 }),
  ]);
  // The callers' addresses are behind other devices, whatever the host's own setting says of such packets.
  const loose = '2';
  writeSysctl(`net/ipv4/conf/${names.arrival}/rp_filter`, loose);
  return { sender, arrival: names.arrival };
}
