import { EngineError } from '#base';
import { describeProblems } from '../describe-problems.ts';
import type { PoolRequest } from '../types.ts';
import {
  type Address,
  containsAddress,
  formatSubnet,
  overlaps,
  parseInterfaceAddress,
  parseSubnet,
  type Subnet,
  tryParseAddress,
} from './address.ts';

/** Loopback, multicast and IPv4's in IPv6: no container could be reached there. */
const unusable = ['127.0.0.0/8', '224.0.0.0/4', '::1/128', '::ffff:0:0/96', 'ff00::/8'].map(parseSubnet);

/** Each is compared with each, and with those of all other networks. */
const mostPools = 64;

/** Refuses what can't be, all of it at once, in Docker's words. @throws EngineError invalid */
export function checkPools(requests: readonly PoolRequest[]): void {
  if (requests.length > mostPools) {
    throw new EngineError('invalid', `a network can't have ${requests.length} subnets: at most ${mostPools}`);
  }
  const problems = requests.flatMap(problemsOf);
  if (problems.length > 0) throw new EngineError('invalid', describeProblems('network config', problems));
}

function problemsOf({ subnet: text = '', range, gateway, auxiliary = {} }: PoolRequest): string[] {
  const given = tryParseBlock(text);
  if (given === undefined) return [`invalid subnet ${text}: invalid CIDR block notation`];
  const { subnet } = given;
  const inside = (what: string, address: string) => addressProblems(address, { text, subnet, what });
  return [
    ...unmasked('subnet', text, given),
    ...(unusable.some((block) => overlaps(block, subnet))
      ? [`invalid subnet ${text}: it has addresses that no host can have`]
      : []),
    ...(range ? rangeProblems(range, text, subnet) : []),
    ...(gateway ? inside(`gateway ${gateway}`, gateway) : []),
    ...Object.entries(auxiliary).flatMap(([name, address]) => inside(`auxiliary address ${name}`, address)),
  ];
}

function rangeProblems(text: string, parentText: string, parent: Subnet): string[] {
  const given = tryParseBlock(text);
  const invalid = `invalid ip-range ${text}`;
  if (given === undefined) return [`${invalid}: invalid CIDR block notation`];
  if (given.subnet.family !== parent.family) return [`${invalid}: ${ofOtherFamily(parent)}`];
  return [
    ...(given.subnet.prefixLength < parent.prefixLength
      ? [`${invalid}: CIDR block is bigger than its parent subnet ${parentText}`]
      : []),
    ...unmasked('ip-range', text, given),
    ...(overlaps(parent, given.subnet)
      ? []
      : [`${invalid}: parent subnet ${parentText} doesn't contain ip-range`]),
  ];
}

function addressProblems(
  address: string,
  { what, text, subnet }: { readonly what: string; readonly text: string; readonly subnet: Subnet },
): string[] {
  const parsed = tryParseAddress(address);
  if (parsed === undefined) return [`invalid ${what}: invalid address`];
  if (parsed.family !== subnet.family) return [`invalid ${what}: ${ofOtherFamily(subnet)}`];
  return containsAddress(subnet, parsed)
    ? []
    : [`invalid ${what}: parent subnet ${text} doesn't contain this address`];
}

function ofOtherFamily({ family }: Subnet): string {
  return `parent subnet is an IPv${family} block`;
}

interface Block {
  readonly address: Address;
  readonly subnet: Subnet;
}

function unmasked(what: string, text: string, { address, subnet }: Block): string[] {
  return address.value === subnet.base
    ? []
    : [`invalid ${what} ${text}: it should be ${formatSubnet(subnet)}`];
}

function tryParseBlock(text: string): Block | undefined {
  try {
    return parseInterfaceAddress(text);
  } catch {
    return undefined;
  }
}
