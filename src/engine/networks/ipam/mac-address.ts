import { randomBytes } from 'node:crypto';
import { EngineError } from '#base';
import { type Address, addressOf, bytesOf, formatAddress } from './address.ts';

const localPrefix = [0x02, 0x42];

/** The MAC address of an endpoint without a wish of its own: the end of its address, so that none clashes. */
export function macOfAddress(address: Address): string {
  return formatMac([...localPrefix, ...bytesOf(address).slice(-4)]);
}

/** The link-local IPv6 address that a device of this MAC address gives itself. */
export function linkLocalOf(macAddress: string): string {
  const [first = 0, ...rest] = macAddress.split(':').map((part) => Number.parseInt(part, 16));
  const universal = 2;
  const identifier = [first ^ universal, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  return formatAddress(addressOf(Uint8Array.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...identifier])));
}

/** A MAC address for a bridge. */
export function randomMac(): string {
  return formatMac([...localPrefix, ...randomBytes(4)]);
}

/** @throws EngineError invalid */
export function parseMac(text: string): string {
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) {
    throw new EngineError('invalid', `invalid MAC address ${text}`);
  }
  return text.toLowerCase().replaceAll('-', ':');
}

function formatMac(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
