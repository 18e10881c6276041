import { EngineError } from '#base';

/** A block of IPv4 addresses. Addresses are numbers here, texts at the door. */
export interface Subnet {
  /** The lowest address: the network's own. */
  readonly base: number;
  readonly prefixLength: number;
}

/** The number of `172.17.0.2`; undefined for any other text. */
export function tryParseAddress(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** @throws EngineError invalid */
export function parseAddress(text: string): number {
  const address = tryParseAddress(text);
  if (address === undefined) throw new EngineError('invalid', `invalid IPv4 address: ${text}`);
  return address;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/**
 * The address and the subnet of `172.17.0.1/16`.
 * @throws EngineError invalid
 */
export function parseInterfaceAddress(text: string): { readonly address: number; readonly subnet: Subnet } {
  const [host = '', length = ''] = text.split('/');
  const address = tryParseAddress(host);
  const prefixLength = /^\d{1,2}$/.test(length) ? Number(length) : 33;
  if (address === undefined || prefixLength > 32) {
    throw new EngineError('invalid', `invalid CIDR address: ${text}`);
  }
  return { address, subnet: subnetOf(address, prefixLength) };
}

/** The subnet of `172.17.0.0/16`; bits after the prefix are ignored. @throws EngineError invalid */
export function parseSubnet(text: string): Subnet {
  return parseInterfaceAddress(text).subnet;
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.prefixLength}`;
}

export function subnetOf(address: number, prefixLength: number): Subnet {
  const size = 2 ** (32 - prefixLength);
  return { base: address - (address % size), prefixLength };
}

/** The highest address of a subnet. */
export function lastAddress({ base, prefixLength }: Subnet): number {
  return base + 2 ** (32 - prefixLength) - 1;
}

export function containsAddress(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address <= lastAddress(subnet);
}

export function overlaps(left: Subnet, right: Subnet): boolean {
  return left.base <= lastAddress(right) && right.base <= lastAddress(left);
}
