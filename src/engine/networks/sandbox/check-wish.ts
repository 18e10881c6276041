import { isIP } from 'node:net';
import { EngineError } from '#base';
import { describeProblems } from '../describe-problems.ts';
import { containsAddress, parseAddress, parseSubnet } from '../ipam/address.ts';
import { parseMac } from '../ipam/mac-address.ts';
import type { EndpointRequest, NetworkRecord } from '../types.ts';
import { sysctlProblems } from './endpoint-options.ts';

/** Names, as requests may write them, of the networks that every engine has: they take no wishes for names and addresses. */
const plainNetworks: readonly string[] = ['default', 'bridge', 'host', 'none'];

/** What is wrong with the wishes for a place in a network, as far as that can be told without the network. */
export function endpointProblems(wish: EndpointRequest): string[] {
  const { network, ipv4Address = '', ipv6Address = '', aliases = [], linkLocal = [] } = wish;
  const isPlain = plainNetworks.includes(network);
  return [
    ...(isPlain && aliases.length > 0
      ? ['network-scoped alias is supported only for containers in user defined networks']
      : []),
    ...(isPlain && (ipv4Address || ipv6Address)
      ? ['user specified IP address is supported on user defined networks only']
      : []),
    ...(ipv4Address && isIP(ipv4Address) !== 4 ? [`invalid IPv4 address: ${ipv4Address}`] : []),
    ...(ipv6Address && isIP(ipv6Address) !== 6 ? [`invalid IPv6 address: ${ipv6Address}`] : []),
    ...linkLocal
      .filter((address) => isIP(address) === 0)
      .map((address) => `invalid link-local IP address: ${address}`),
    ...sysctlProblems(wish.driverOptions ?? {}),
  ];
}

/** The same as the text of an error. */
export function describeEndpointProblems(problems: readonly string[]): string {
  return describeProblems('endpoint settings', problems);
}

/** @throws EngineError invalid, in Docker's words, for wishes that this network can't fulfil for anybody */
export function checkWish(wish: EndpointRequest, record: NetworkRecord): void {
  const problems = [...endpointProblems({ ...wish, network: record.name }), ...subnetProblems(wish, record)];
  if (problems.length > 0) throw new EngineError('invalid', describeEndpointProblems(problems));
  const stray = (wish.linkLocal ?? []).find((address) => !isLinkLocal(address));
  if (wish.macAddress) parseMac(wish.macAddress);
  if (stray !== undefined) throw new EngineError('invalid', `invalid link local IP address: ${stray}`);
}

function subnetProblems({ ipv4Address, ipv6Address }: EndpointRequest, record: NetworkRecord): string[] {
  if (plainNetworks.includes(record.name)) return [];
  return [ipv4Address, ipv6Address].flatMap((text) => {
    if (!text || isIP(text) === 0) return [];
    const address = parseAddress(text);
    const pools = record.pools.filter(({ family, configured }) => configured && family === address.family);
    if (pools.length === 0) {
      return [
        'user specified IP address is supported only when connecting to networks with user configured subnets',
      ];
    }
    const isInside = pools.some(({ subnet }) => containsAddress(parseSubnet(subnet), address));
    return isInside ? [] : [`no configured subnet or ip-range contain the IP address ${text}`];
  });
}

function isLinkLocal(text: string): boolean {
  const block = parseSubnet(text.includes(':') ? 'fe80::/64' : '169.254.0.0/16');
  return containsAddress(block, parseAddress(text));
}
