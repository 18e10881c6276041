import { isIPv4, isIPv6 } from 'node:net';

/** The bytes of an address, 4 or 16. @returns undefined, when it is none */
export function tryParseAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  return isIPv6(text) && !text.includes('%') ? ipv6Bytes(text) : undefined;
}

function ipv6Bytes(text: string): Uint8Array {
  const [front = '', back] = text.split('::');
  const head = groups(front);
  const tail = back === undefined ? [] : groups(back);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  const words = [...head, ...zeros, ...tail];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255]));
}

/** The last group may be an IPv4 address. */
function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** The address that a name below in-addr.arpa or ip6.arpa stands for, as the key of its bytes. */
export function keyOfReverseName(name: string): string | undefined {
  const [, labels = '', family] = /^(.*)\.(in-addr|ip6)\.arpa$/.exec(name) ?? [];
  const parts = labels.split('.').reverse();
  if (family === 'in-addr') {
    const address = parts.join('.');
    return isIPv4(address) ? addressKey(Uint8Array.from(parts, Number)) : undefined;
  }
  if (family !== 'ip6' || parts.length !== 32 || !parts.every((part) => /^[0-9a-f]$/.test(part))) {
    return undefined;
  }
  return parts.join('');
}

/** One text for all ways to write an address. */
export function addressKey(address: Uint8Array): string {
  return Buffer.from(address).toString('hex');
}
