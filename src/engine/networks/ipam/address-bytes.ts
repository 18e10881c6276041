import { parseAddress } from './address.ts';

/** The four bytes of an IPv4 address, in network order. */
export function ipv4Of(address: string | number): Uint8Array {
  const number = typeof address === 'string' ? parseAddress(address) : address;
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
}

/** The four or sixteen bytes of an address; an IPv4 address at the end of an IPv6 one is understood. */
export function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return ipv4Of(address);
  const [head = '', tail] = address.split('::');
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const middle = new Array<number>(16 - front.length - back.length).fill(0);
  return Uint8Array.from([...front, ...middle, ...back]);
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return [...ipv4Of(group)];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}
