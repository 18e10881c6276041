import { type Attribute, attribute, padded, text, u8, u16be, u32, u32be } from './message.ts';

/** One step of a rule's program: it loads a register, tests one, or acts. A failed test ends the rule. */
export type Expression = Attribute;

export type IpFamily = 4 | 6;
/** The kernel's numbers of the families. */
export const familyNumber = { 4: 2, 6: 10 } as const satisfies Record<IpFamily, number>;

const listElement = 1;
const dataValue = 1;

function expression(name: string, attributes: readonly Attribute[]): Expression {
  return attribute(listElement, [attribute(1, text(name)), attribute(2, attributes)]);
}

/** Registers are 4-byte slots, counted from 0; a longer value fills those that follow. */
const register = (slot: number): Uint8Array => u32be(8 + slot);

/** How many slots a value of that length fills. */
export const slotsOf = (length: number): number => padded(length) / 4;

const data = (type: number, bytes: Uint8Array): Attribute => attribute(type, [attribute(dataValue, bytes)]);

/** A device name as the kernel compares it: 16 bytes. */
export function deviceName(name: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(name));
  return bytes;
}

const metaKey = { incomingName: 6, outgoingName: 7, transportProtocol: 16 } as const;

/** Loads a fact about the packet that is not in it. */
export function loadMeta(key: keyof typeof metaKey, slot = 0): Expression {
  return expression('meta', [attribute(1, register(slot)), attribute(2, u32be(metaKey[key]))]);
}

const networkHeader = 1;
const transportHeader = 2;
const addressField = {
  4: { source: 12, destination: 16, length: 4 },
  6: { source: 8, destination: 24, length: 16 },
} as const;

/** Loads one of a packet's addresses, or its first bytes. */
export function loadAddress(
  family: IpFamily,
  which: 'source' | 'destination',
  options: { readonly slot?: number; readonly length?: number } = {},
): Expression {
  const { [which]: offset, length } = addressField[family];
  return loadBytes({ base: networkHeader, offset, length: options.length ?? length }, options.slot ?? 0);
}

/** Loads the port that a packet is addressed to; its place is the same in TCP, UDP and SCTP. */
export function loadDestinationPort(slot = 0): Expression {
  return loadBytes({ base: transportHeader, offset: 2, length: 2 }, slot);
}

/** Loads the port that a packet comes from. */
export function loadSourcePort(slot = 0): Expression {
  return loadBytes({ base: transportHeader, offset: 0, length: 2 }, slot);
}

/** Loads the bytes themselves. */
export function loadValue(bytes: Uint8Array): Expression {
  return expression('immediate', [attribute(1, register(0)), data(2, bytes)]);
}

const portOffset = { source: 0, destination: 2 } as const;
const checksumOffset = { udp: 6, tcp: 16 } as const;

/** Writes what is in the first slot into the packet as one of its ports, and keeps its checksum right. */
export function storePort(which: keyof typeof portOffset, protocol: keyof typeof checksumOffset): Expression {
  const internetChecksum = 1;
  return expression('payload', [
    attribute(5, register(0)),
    attribute(2, u32be(transportHeader)),
    attribute(3, u32be(portOffset[which])),
    attribute(4, u32be(2)),
    attribute(6, u32be(internetChecksum)),
    attribute(7, u32be(checksumOffset[protocol])),
  ]);
}

interface HeaderPart {
  readonly base: number;
  readonly offset: number;
  readonly length: number;
}

function loadBytes({ base, offset, length }: HeaderPart, slot: number): Expression {
  return expression('payload', [
    attribute(1, register(slot)),
    attribute(2, u32be(base)),
    attribute(3, u32be(offset)),
    attribute(4, u32be(length)),
  ]);
}

/** Loads a random number below the modulus. */
export function loadRandom(modulus: number, slot = 0): Expression {
  const random = 1;
  return expression('numgen', [
    attribute(1, register(slot)),
    attribute(2, u32be(modulus)),
    attribute(3, u32be(random)),
  ]);
}

const trackingKey = { state: 0, status: 2 } as const;

/** Loads a bit set that connection tracking keeps. */
export function loadTracking(key: keyof typeof trackingKey): Expression {
  return expression('ct', [attribute(1, register(0)), attribute(2, u32be(trackingKey[key]))]);
}

/** Loads what the destination address is to this host: see addressType. */
export function loadDestinationType(): Expression {
  const addressTypeResult = 3;
  const destination = 2;
  return expression('fib', [
    attribute(1, register(0)),
    attribute(2, u32be(addressTypeResult)),
    attribute(3, u32be(destination)),
  ]);
}

export const addressType = { local: u32(2) } as const;

/** Goes on when the first slots equal the bytes. */
export function isEqual(bytes: Uint8Array): Expression {
  return compare(0, bytes);
}

/** Goes on when the first slots differ from the bytes. */
export function isNotEqual(bytes: Uint8Array): Expression {
  return compare(1, bytes);
}

function compare(operation: number, bytes: Uint8Array): Expression {
  return expression('cmp', [attribute(1, register(0)), attribute(2, u32be(operation)), data(3, bytes)]);
}

/** Keeps only the bits of the mask in the first slots. */
export function keepBits(mask: Uint8Array): Expression {
  return expression('bitwise', [
    attribute(1, register(0)),
    attribute(2, register(0)),
    attribute(3, u32be(mask.length)),
    data(4, mask),
    data(5, new Uint8Array(mask.length)),
  ]);
}

/** Replaces the key that starts at the first slot by what the map holds for it; goes on when it holds something. */
export function lookUp(map: string): Expression {
  return expression('lookup', [
    attribute(1, text(map)),
    attribute(2, register(0)),
    attribute(3, register(0)),
    attribute(4, u32be(0)),
  ]);
}

/** Goes on when the set has the key that starts at the first slot. */
export function isIn(set: string): Expression {
  return expression('lookup', [attribute(1, text(set)), attribute(2, register(0)), attribute(4, u32be(0))]);
}

/** Sends the connection to the address that starts at the first slot and the port in the one after it. */
export function translateDestination(family: IpFamily): Expression {
  const destination = 1;
  return expression('nat', [
    attribute(1, u32be(destination)),
    attribute(2, u32be(familyNumber[family])),
    attribute(3, register(0)),
    attribute(5, register(slotsOf(addressField[family].length))),
  ]);
}

/** Gives the connection an address (4 or 16 bytes) as its source. */
export function translateSource(address: Uint8Array): readonly Expression[] {
  const source = 0;
  const family = address.length === 4 ? 4 : 6;
  return [
    load(address, 0),
    expression('nat', [
      attribute(1, u32be(source)),
      attribute(2, u32be(familyNumber[family])),
      attribute(3, register(0)),
    ]),
  ];
}

/** Sends a copy of the packet to a next hop (4 or 16 bytes) by the device of that index, untracked. */
export function duplicate(nextHop: Uint8Array, device: number): readonly Expression[] {
  const deviceSlot = slotsOf(nextHop.length);
  return [
    load(nextHop, 0),
    load(u32(device), deviceSlot),
    expression('dup', [attribute(1, register(0)), attribute(2, register(deviceSlot))]),
  ];
}

function load(bytes: Uint8Array, slot: number): Expression {
  return expression('immediate', [attribute(1, register(slot)), data(2, bytes)]);
}

/** Gives the connection the address of the device it leaves by as its source. */
export function masquerade(): Expression {
  return expression('masq', []);
}

const verdictCode = { drop: 0, accept: 1, return: -5 } as const;

/** Ends the chain for this packet. */
export function verdict(name: keyof typeof verdictCode): Expression {
  const verdictRegister = 0;
  const code = attribute(1, u32be(verdictCode[name] >>> 0));
  return expression('immediate', [
    attribute(1, u32be(verdictRegister)),
    attribute(2, [attribute(2, [code])]),
  ]);
}

const protocolNumber = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;
export type TransportProtocol = keyof typeof protocolNumber;

/** A value for one field of a map's key or data; each field starts at a multiple of 4 bytes. */
export const element = {
  protocol: (name: TransportProtocol): Uint8Array => u8(protocolNumber[name]),
  port: (port: number): Uint8Array => u16be(port),
  number: (value: number): Uint8Array => u32(value),
} as const;
