import { type Attribute, attribute, messageFlag, type NetlinkMessage, text, u8, u32 } from './message.ts';

const messageType = {
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  newAddress: 20,
  getAddress: 22,
  newRoute: 24,
} as const;
const linkAttribute = {
  address: 1,
  name: 3,
  mtu: 4,
  master: 10,
  info: 18,
  netnsPid: 19,
  alias: 20,
  afSpec: 26,
} as const;
const linkUp = 1;
const create = messageFlag.request | messageFlag.acknowledge | messageFlag.create | messageFlag.exclusive;
const change = messageFlag.request | messageFlag.acknowledge;

interface LinkHeader {
  readonly index?: number | undefined;
  readonly up?: boolean | undefined;
}

/** struct ifinfomsg */
function linkHeader({ index = 0, up }: LinkHeader): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, index, true);
  view.setUint32(8, up ? linkUp : 0, true);
  view.setUint32(12, up === undefined ? 0 : linkUp, true);
  return bytes;
}

/** The six bytes of `02:42:ac:11:00:02`. */
export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
}

/** The four bytes of `172.17.0.2`. */
export function ipv4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number);
}

export interface BridgeRequest {
  readonly name: string;
  readonly macAddress: string;
  readonly mtu: number;
}

/** A bridge without spanning tree (the kernel's default), up. */
export function createBridge({ name, macAddress, mtu }: BridgeRequest): NetlinkMessage {
  return {
    type: messageType.newLink,
    flags: create,
    header: linkHeader({ up: true }),
    attributes: [
      attribute(linkAttribute.name, text(name)),
      attribute(linkAttribute.address, macBytes(macAddress)),
      attribute(linkAttribute.mtu, u32(mtu)),
      attribute(linkAttribute.info, [attribute(linkInfo.kind, text('bridge'))]),
    ],
  };
}

const linkInfo = { kind: 1, payload: 2 } as const;

export interface VethRequest {
  readonly name: string;
  readonly index: number;
  /** Index of the bridge it is a port of. */
  readonly master: number;
  readonly mtu: number;
  readonly peer: { readonly name: string; readonly index: number; readonly macAddress: string };
}

export interface VethMessage {
  readonly message: NetlinkMessage;
  /** Its payload is to hold the id of the process whose network namespace gets the peer. */
  readonly pid: Attribute;
}

/**
 * A pair of virtual Ethernet devices in one message: one here, up and a port of a bridge, its peer in another
 * namespace. Both indexes are given, so that what configures the peer can be written before it exists.
 */
export function createVeth({ name, index, master, mtu, peer }: VethRequest): VethMessage {
  const pid = attribute(linkAttribute.netnsPid, u32(0));
  const peerAttributes = [
    attribute(linkAttribute.name, text(peer.name)),
    attribute(linkAttribute.address, macBytes(peer.macAddress)),
    attribute(linkAttribute.mtu, u32(mtu)),
    pid,
  ];
  const message = {
    type: messageType.newLink,
    flags: create,
    header: linkHeader({ index, up: true }),
    attributes: [
      attribute(linkAttribute.name, text(name)),
      attribute(linkAttribute.mtu, u32(mtu)),
      attribute(linkAttribute.master, u32(master)),
      attribute(linkAttribute.info, [
        attribute(linkInfo.kind, text('veth')),
        attribute(linkInfo.payload, [vethPeer(peer.index, peerAttributes)]),
      ]),
    ],
  };
  return { message, pid };
}

/** VETH_INFO_PEER is a link message of its own: the fixed header, then attributes, which we lay out as one more. */
function vethPeer(index: number, attributes: readonly Attribute[]): Attribute {
  const peer = 1;
  return { type: peer, header: linkHeader({ index }), payload: attributes };
}

/** Lets a bridge send a frame back by the port it came in by. */
export function setHairpin(index: number): NetlinkMessage {
  const slave = { kind: 4, payload: 5 } as const;
  const hairpin = 4;
  return {
    type: messageType.newLink,
    flags: change,
    header: linkHeader({ index }),
    attributes: [
      attribute(linkAttribute.info, [
        attribute(slave.kind, text('bridge')),
        attribute(slave.payload, [attribute(hairpin, u8(1))]),
      ]),
    ],
  };
}

/** Gives a device a text that `ip link` shows and that lasts as long as the device. */
export function setAlias(index: number, alias: string): NetlinkMessage {
  return {
    type: messageType.newLink,
    flags: change,
    header: linkHeader({ index }),
    attributes: [attribute(linkAttribute.alias, new TextEncoder().encode(alias))],
  };
}

/** Sets a device up. */
export function setLinkUp(index: number): NetlinkMessage {
  return {
    type: messageType.newLink,
    flags: change,
    header: linkHeader({ index, up: true }),
    attributes: [],
  };
}

/** Keeps a device from making itself a link-local IPv6 address when it goes up. */
export function withoutLinkLocal(index: number): NetlinkMessage {
  const inet6 = 10;
  const addressGeneration = 8;
  const none = 1;
  const spec = attribute(inet6, [attribute(addressGeneration, u8(none))]);
  return {
    type: messageType.newLink,
    flags: change,
    header: linkHeader({ index }),
    attributes: [attribute(linkAttribute.afSpec, [spec])],
  };
}

/** Deletes a device, by name; what it is paired with goes too. */
export function deleteLink(name: string): NetlinkMessage {
  return {
    type: messageType.deleteLink,
    flags: change,
    header: linkHeader({}),
    attributes: [attribute(linkAttribute.name, text(name))],
  };
}

/** Asks for one device by name. */
export function getLink(name: string): NetlinkMessage {
  return {
    type: messageType.getLink,
    flags: change,
    header: linkHeader({}),
    attributes: [attribute(linkAttribute.name, text(name))],
  };
}

export interface AddressRequest {
  readonly index: number;
  readonly address: string;
  readonly prefixLength: number;
  readonly broadcast?: string;
}

const inet = 2;

/** Gives a device an IPv4 address; one that it has already is kept. */
export function addAddress({ index, address, prefixLength, broadcast }: AddressRequest): NetlinkMessage {
  const addressAttribute = { address: 1, local: 2, broadcast: 4 } as const;
  const header = Uint8Array.of(inet, prefixLength, 0, 0, ...u32(index));
  return {
    type: messageType.newAddress,
    flags: change | messageFlag.create | messageFlag.replace,
    header,
    attributes: [
      attribute(addressAttribute.local, ipv4Bytes(address)),
      attribute(addressAttribute.address, ipv4Bytes(address)),
      ...(broadcast === undefined ? [] : [attribute(addressAttribute.broadcast, ipv4Bytes(broadcast))]),
    ],
  };
}

/** Asks for all IPv4 addresses. */
export function dumpAddresses(): NetlinkMessage {
  const flags = messageFlag.request | messageFlag.dump;
  return {
    type: messageType.getAddress,
    flags,
    header: Uint8Array.of(inet, 0, 0, 0, ...u32(0)),
    attributes: [],
  };
}

/** The IPv4 default route by a gateway. */
export function addDefaultRoute(gateway: string, index: number): NetlinkMessage {
  const routeAttribute = { outgoingDevice: 4, gateway: 5 } as const;
  const mainTable = 254;
  const byBoot = 3;
  const everywhere = 0;
  const unicast = 1;
  const header = Uint8Array.of(inet, 0, 0, 0, mainTable, byBoot, everywhere, unicast, 0, 0, 0, 0);
  return {
    type: messageType.newRoute,
    flags: create,
    header,
    attributes: [
      attribute(routeAttribute.gateway, ipv4Bytes(gateway)),
      attribute(routeAttribute.outgoingDevice, u32(index)),
    ],
  };
}
