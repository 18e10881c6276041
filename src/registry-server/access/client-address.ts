import { isIP, isIPv6 } from 'node:net';
import type { HttpRequest } from '#serve/http';

/** Where requests come from; undefined when that can't be known. */
export type AddressOf = (request: Pick<HttpRequest, 'remoteAddress' | 'headers'>) => string | undefined;

/**
 * Believes the last entry of X-Forwarded-For, which the proxy itself has written, of requests that proxies pass on.
 * @param proxies addresses that nobody else can send from
 */
export function addressBehind(proxies: readonly string[]): AddressOf {
  const trusted = new Set(proxies);
  return ({ remoteAddress, headers }) => {
    if (remoteAddress === undefined || !trusted.has(plainAddress(remoteAddress))) return remoteAddress;
    const last = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
    return isIP(last) === 0 ? remoteAddress : last;
  };
}

/** What one who changes his address at will cannot leave: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const [before = [], after = []] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** An IPv4 address is written as one also where an IPv6 socket took the connection. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
