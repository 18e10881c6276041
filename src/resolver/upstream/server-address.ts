import { readFileSync } from 'node:fs';
import { tryParseAddress } from '../names/address.ts';

export interface ServerAddress {
  readonly address: Uint8Array;
  /** Index of the device behind which a link-local address is; 0 for all others. */
  readonly zone: number;
}

/** A server as resolv.conf names it, `fe80::1%eth0` included. @returns undefined, when it is none that can be asked */
export function tryParseServer(text: string): ServerAddress | undefined {
  const [bare = '', device] = text.split('%');
  const address = tryParseAddress(bare);
  const zone = device === undefined ? 0 : indexOf(device);
  return address === undefined || zone === undefined ? undefined : { address, zone };
}

/** Of a device of our own namespace. */
function indexOf(device: string): number | undefined {
  if (!/^[^/]+$/.test(device)) return undefined;
  try {
    return Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8'));
  } catch {
    return undefined;
  }
}
