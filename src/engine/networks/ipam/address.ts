import { isIPv6 } from 'node:net';
import { EngineError } from '#base';

export type AddressFamily = 4 | 6;

/** An IP address as a number of its family; texts are for the door. */
export interface Address {
  readonly family: AddressFamily;
  readonly value: bigint;
}

/** A block of addresses of one family. */
export interface Subnet {
  readonly family: AddressFamily;
  /** The lowest address: the network's own. */
  readonly base: bigint;
  readonly prefixLength: number;
}

/** Bits of an address of the family. */
export const addressBits = { 4: 32, 6: 128 } as const satisfies Record<AddressFamily, number>;

/** The address of `172.17.0.2` or `fd00::2`; undefined for any other text, also for one with a zone. */
export function tryParseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    if (!isIPv6(text) || text.includes('%')) return undefined;
    return { family: 6, value: numberOf(ipv6Groups(text), 16n) };
  }
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return { family: 4, value: numberOf(parts, 8n) };
}

/** @throws EngineError invalid */
export function parseAddress(text: string): Address {
  const address = tryParseAddress(text);
  if (address === undefined) throw new EngineError('invalid', `invalid IP address: ${text}`);
  return address;
}

/** The canonical text: IPv6 in lower case with its longest run of zeros left out. */
export function formatAddress({ family, value }: Address): string {
  if (family === 4) return partsOf(value, 4, 8n).join('.');
  const groups = partsOf(value, 8, 16n).map((group) => group.toString(16));
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** The first of the longest runs of groups that are zero. */
function longestZeros(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, place) => {
    if (group !== '0') start = place + 1;
    else if (place + 1 - start > best.length) best = { start, length: place + 1 - start };
  });
  return best;
}

/** The four or sixteen bytes of an address, in network order. */
export function bytesOf({ family, value }: Address): Uint8Array {
  return Uint8Array.from(partsOf(value, addressBits[family] / 8, 8n));
}

/** The address of four or sixteen bytes. */
export function addressOf(bytes: Uint8Array): Address {
  return { family: bytes.length === 4 ? 4 : 6, value: numberOf([...bytes], 8n) };
}

/** The four or sixteen bytes of an address's text. @throws EngineError invalid */
export function addressBytes(text: string): Uint8Array {
  return bytesOf(parseAddress(text));
}

/**
 * The address and the subnet of `172.17.0.1/16` or `fd00::1/64`.
 * @throws EngineError invalid
 */
export function parseInterfaceAddress(text: string): { readonly address: Address; readonly subnet: Subnet } {
  const [host = '', length = '', ...rest] = text.split('/');
  const address = tryParseAddress(host);
  const prefixLength = /^\d{1,3}$/.test(length) && rest.length === 0 ? Number(length) : 129;
  if (address === undefined || prefixLength > addressBits[address.family]) {
    throw new EngineError('invalid', `invalid CIDR address: ${text}`);
  }
  return { address, subnet: subnetOf(address, prefixLength) };
}

/** The subnet of `172.17.0.0/16`; bits after the prefix are ignored. @throws EngineError invalid */
export function parseSubnet(text: string): Subnet {
  return parseInterfaceAddress(text).subnet;
}

export function formatSubnet({ family, base, prefixLength }: Subnet): string {
  return `${formatAddress({ family, value: base })}/${prefixLength}`;
}

export function subnetOf({ family, value }: Address, prefixLength: number): Subnet {
  const hostBits = BigInt(addressBits[family] - prefixLength);
  return { family, base: (value >> hostBits) << hostBits, prefixLength };
}

/** How many addresses the subnet has. */
export function sizeOf({ family, prefixLength }: Subnet): bigint {
  return 1n << BigInt(addressBits[family] - prefixLength);
}

/** The address that lies so many after the subnet's own. */
export function addressAt({ family, base }: Subnet, place: bigint): Address {
  return { family, value: base + place };
}

/** The highest address of a subnet; IPv4's broadcast address. */
export function lastAddress(subnet: Subnet): Address {
  return addressAt(subnet, sizeOf(subnet) - 1n);
}

export function containsAddress(subnet: Subnet, { family, value }: Address): boolean {
  return family === subnet.family && value >= subnet.base && value <= lastAddress(subnet).value;
}

export function containsSubnet(outer: Subnet, { family, base, prefixLength }: Subnet): boolean {
  return prefixLength >= outer.prefixLength && containsAddress(outer, { family, value: base });
}

export function overlaps(left: Subnet, right: Subnet): boolean {
  const [outer, inner] = left.prefixLength <= right.prefixLength ? [left, right] : [right, left];
  return containsSubnet(outer, inner);
}

function numberOf(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n);
}

function partsOf(value: bigint, count: number, width: bigint): number[] {
  return Array.from({ length: count }, (_, place) =>
    Number((value >> (BigInt(count - 1 - place) * width)) & ((1n << width) - 1n)),
  );
}

/** The eight groups of a valid text; an IPv4 address at its end is two of them. */
function ipv6Groups(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
