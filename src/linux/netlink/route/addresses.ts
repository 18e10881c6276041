import { attribute, messageFlag, type NetlinkMessage, u32 } from '../message.ts';
import { changing } from './link-message.ts';

const messageType = {
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  getRoute: 26,
} as const;

/** Of addresses: 4 bytes are IPv4's, 16 are IPv6's. */
const familyOf = (address: Uint8Array): number => (address.length === 4 ? inet : inet6);
const inet = 2;
const inet6 = 10;

export interface AddressRequest {
  readonly index: number;
  /** 4 or 16 bytes, in network order. */
  readonly address: Uint8Array;
  readonly prefixLength: number;
  /** IPv4 only. */
  readonly broadcast?: Uint8Array;
}

/** Gives a device an address; one that it has already is kept. An IPv6 address can be used at once: nobody is asked for it. */
export function addAddress({ index, address, prefixLength, broadcast }: AddressRequest): NetlinkMessage {
  const addressAttribute = { address: 1, local: 2, broadcast: 4 } as const;
  const withoutDetection = 2;
  const flags = address.length === 16 ? withoutDetection : 0;
  return {
    type: messageType.newAddress,
    flags: changing | messageFlag.create | messageFlag.replace,
    header: Uint8Array.of(familyOf(address), prefixLength, flags, 0, ...u32(index)),
    attributes: [
      attribute(addressAttribute.local, address),
      attribute(addressAttribute.address, address),
      ...(broadcast === undefined ? [] : [attribute(addressAttribute.broadcast, broadcast)]),
    ],
  };
}

/** Takes an address from a device. */
export function deleteAddress({ index, address, prefixLength }: AddressRequest): NetlinkMessage {
  const local = 2;
  return {
    type: messageType.deleteAddress,
    flags: changing,
    header: Uint8Array.of(familyOf(address), prefixLength, 0, 0, ...u32(index)),
    attributes: [attribute(local, address)],
  };
}

/** Asks for all routes of all tables and families. */
export function dumpRoutes(): NetlinkMessage {
  const flags = messageFlag.request | messageFlag.dump;
  return { type: messageType.getRoute, flags, header: new Uint8Array(12), attributes: [] };
}

/** Asks for all addresses of both families. */
export function dumpAddresses(): NetlinkMessage {
  const any = 0;
  return {
    type: messageType.getAddress,
    flags: messageFlag.request | messageFlag.dump,
    header: Uint8Array.of(any, 0, 0, 0, ...u32(0)),
    attributes: [],
  };
}

/** Makes the default route of a gateway's family lead to it, wherever it led before. */
export function setDefaultRoute(gateway: Uint8Array, index: number): NetlinkMessage {
  const routeAttribute = { outgoingDevice: 4, gateway: 5 } as const;
  const mainTable = 254;
  const byBoot = 3;
  const everywhere = 0;
  const unicast = 1;
  return {
    type: messageType.newRoute,
    flags: changing | messageFlag.create | messageFlag.replace,
    header: Uint8Array.of(familyOf(gateway), 0, 0, 0, mainTable, byBoot, everywhere, unicast, 0, 0, 0, 0),
    attributes: [
      attribute(routeAttribute.gateway, gateway),
      attribute(routeAttribute.outgoingDevice, u32(index)),
    ],
  };
}
