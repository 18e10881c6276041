import { type Attribute, attribute, messageFlag, type NetlinkMessage, text, u16, u32 } from '../message.ts';
import { changing, linkAttribute, linkHeader, linkInfo, linkMessageType, makeLink } from './link-message.ts';

/** The six bytes of `02:42:ac:11:00:02`. */
export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
}

/** The network namespace of a process, for a device that is made there; the payload may be filled in later. */
export function namespaceOfProcess(pid: number): Attribute {
  return attribute(linkAttribute.netnsPid, u32(pid));
}

/** The network namespace that an open descriptor is of, for a device that is made there. */
export function namespaceOfDescriptor(fd: number): Attribute {
  return attribute(linkAttribute.netnsDescriptor, u32(fd));
}

export interface BridgeRequest {
  readonly name: string;
  /** Absent: the kernel chooses. */
  readonly index?: number;
  readonly macAddress: string;
  readonly mtu: number;
}

/** A bridge without spanning tree (the kernel's default), up. */
export function createBridge({ name, index, macAddress, mtu }: BridgeRequest): NetlinkMessage {
  return makeLink({ index, up: true }, [
    attribute(linkAttribute.name, text(name)),
    attribute(linkAttribute.address, macBytes(macAddress)),
    attribute(linkAttribute.mtu, u32(mtu)),
    kindOf('bridge'),
  ]);
}

/** A device as it is to be in another namespace. Its index is given, so that messages about it can be written before it exists. */
export interface FarDevice {
  readonly name: string;
  readonly index: number;
  readonly macAddress: string;
  /** By namespaceOfProcess() or namespaceOfDescriptor(). */
  readonly namespace: Attribute;
}

export interface VethRequest {
  readonly name: string;
  readonly index: number;
  /** Index of the bridge it is a port of. */
  readonly master: number;
  readonly mtu: number;
  readonly peer: FarDevice;
}

/**
 * A pair of virtual Ethernet devices in one message: one here, up and a port of a bridge, its peer in another
 * namespace.
 */
export function createVeth({ name, index, master, mtu, peer }: VethRequest): NetlinkMessage {
  return makeLink({ index, up: true }, [
    attribute(linkAttribute.name, text(name)),
    attribute(linkAttribute.mtu, u32(mtu)),
    attribute(linkAttribute.master, u32(master)),
    kindOf('veth', [vethPeer(peer, mtu)]),
  ]);
}

/** VETH_INFO_PEER is a link message of its own: the fixed header, then attributes, which we lay out as one more. */
function vethPeer({ name, index, macAddress, namespace }: FarDevice, mtu: number): Attribute {
  const peer = 1;
  const payload = [
    attribute(linkAttribute.name, text(name)),
    attribute(linkAttribute.address, macBytes(macAddress)),
    attribute(linkAttribute.mtu, u32(mtu)),
    namespace,
  ];
  return { type: peer, header: linkHeader({ index }), payload };
}

/** A pair of virtual Ethernet devices, both here; the kernel sets neither up before it has its peer. */
export function createVethPair(name: string, peerName: string): NetlinkMessage {
  const peer = 1;
  return makeLink({}, [
    attribute(linkAttribute.name, text(name)),
    kindOf('veth', [
      {
        type: peer,
        header: linkHeader({}),
        payload: [attribute(linkAttribute.name, text(peerName))],
      },
    ]),
  ]);
}

export const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
export type MacvlanMode = keyof typeof macvlanModes;

export interface MacvlanRequest extends FarDevice {
  /** Index of the device of this namespace that it shares. */
  readonly parent: number;
  readonly mode: MacvlanMode;
}

/** A device with a MAC address of its own on top of one of this namespace; a passthru one has its parent's address. */
export function createMacvlan(request: MacvlanRequest): NetlinkMessage {
  const { index, mode, macAddress } = request;
  const modeAttribute = 1;
  return makeLink({ index }, [
    ...aboveParent(request),
    ...(mode === 'passthru' ? [] : [attribute(linkAttribute.address, macBytes(macAddress))]),
    kindOf('macvlan', [attribute(modeAttribute, u32(macvlanModes[mode]))]),
  ]);
}

export const ipvlanModes = { l2: 0, l3: 1, l3s: 2 } as const;
export type IpvlanMode = keyof typeof ipvlanModes;
export const ipvlanFlags = { bridge: 0, private: 1, vepa: 2 } as const;
export type IpvlanFlag = keyof typeof ipvlanFlags;

export interface IpvlanRequest extends Omit<FarDevice, 'macAddress'> {
  readonly parent: number;
  readonly mode: IpvlanMode;
  readonly flag: IpvlanFlag;
}

/** A device that shares the MAC address of one of this namespace. */
export function createIpvlan(request: IpvlanRequest): NetlinkMessage {
  const { index, mode, flag } = request;
  const ipvlanAttribute = { mode: 1, flags: 2 } as const;
  return makeLink({ index }, [
    ...aboveParent(request),
    kindOf('ipvlan', [
      attribute(ipvlanAttribute.mode, u16(ipvlanModes[mode])),
      attribute(ipvlanAttribute.flags, u16(ipvlanFlags[flag])),
    ]),
  ]);
}

function aboveParent({ name, parent, namespace }: Omit<IpvlanRequest, 'mode' | 'flag'>): Attribute[] {
  return [attribute(linkAttribute.name, text(name)), attribute(linkAttribute.parent, u32(parent)), namespace];
}

/** The part of a device's traffic that carries a VLAN's number, as a device of its own, up. */
export function createVlan(name: string, parent: number, id: number): NetlinkMessage {
  const idAttribute = 1;
  return makeLink({ up: true }, [
    attribute(linkAttribute.name, text(name)),
    attribute(linkAttribute.parent, u32(parent)),
    kindOf('vlan', [attribute(idAttribute, u16(id))]),
  ]);
}

function kindOf(kind: string, payload?: readonly Attribute[]): Attribute {
  return attribute(linkAttribute.info, [
    attribute(linkInfo.kind, text(kind)),
    ...(payload === undefined ? [] : [attribute(linkInfo.payload, payload)]),
  ]);
}

/** Deletes a device, by name; what it is paired with goes too. */
export function deleteLink(name: string): NetlinkMessage {
  return {
    type: linkMessageType.delete,
    flags: changing,
    header: linkHeader({}),
    attributes: [attribute(linkAttribute.name, text(name))],
  };
}

/** Asks for one device by name. */
export function getLink(name: string): NetlinkMessage {
  return {
    type: linkMessageType.get,
    flags: changing,
    header: linkHeader({}),
    attributes: [attribute(linkAttribute.name, text(name))],
  };
}

/** Asks for all devices. */
export function dumpLinks(): NetlinkMessage {
  const flags = messageFlag.request | messageFlag.dump;
  return { type: linkMessageType.get, flags, header: linkHeader({}), attributes: [] };
}
