import { EngineError } from '#base';
import type { IpamPool, PoolRequest } from '../types.ts';
import {
  type AddressFamily,
  addressAt,
  containsAddress,
  containsSubnet,
  formatAddress,
  formatSubnet,
  overlaps,
  parseAddress,
  parseSubnet,
  type Subnet,
} from './address.ts';

export interface PoolWishes {
  readonly requests: readonly PoolRequest[];
  /** The families that the network has. */
  readonly families: readonly AddressFamily[];
  /** Subnets that no pool may touch. */
  readonly used: readonly Subnet[];
  /** Finds a free subnet for a family that no request names one of. */
  readonly choose: (family: AddressFamily) => Subnet;
}

/** The pools of a network, of each family at least one. @throws EngineError in Docker's words */
export function planPools({ requests, families, used, choose }: PoolWishes): IpamPool[] {
  const asked = requests.filter(({ subnet }) => subnet).map((request) => askedPool(request, used));
  const chosen = families
    .filter((family) => !asked.some((pool) => pool.family === family))
    .map((family) => poolOf(choose(family), {}));
  return [...asked.filter(({ family }) => families.includes(family)), ...chosen];
}

function askedPool(request: PoolRequest, used: readonly Subnet[]): IpamPool {
  const subnet = parseSubnet(request.subnet ?? '');
  if (formatSubnet(subnet) !== request.subnet) {
    throw invalidConfig(`invalid subnet ${request.subnet}: it should be ${formatSubnet(subnet)}`);
  }
  if (used.some((other) => overlaps(other, subnet))) {
    const text = 'invalid pool request: Pool overlaps with other one on this address space';
    throw new EngineError('forbidden', text);
  }
  return poolOf(subnet, request);
}

function poolOf(subnet: Subnet, { subnet: asked, gateway, range, auxiliary = {} }: PoolRequest): IpamPool {
  const given = gateway ? parseAddress(gateway) : addressAt(subnet, 1n);
  const part = range ? parseSubnet(range) : undefined;
  if (!containsAddress(subnet, given)) throw notInside('gateway', gateway, subnet);
  if (part && !containsSubnet(subnet, part)) throw notInside('ip-range', range, subnet);
  return {
    family: subnet.family,
    subnet: formatSubnet(subnet),
    gateway: formatAddress(given),
    range: part && formatSubnet(part),
    configured: asked !== undefined,
    auxiliary,
  };
}

function notInside(what: string, value = '', subnet: Subnet): EngineError {
  return invalidConfig(
    `invalid ${what} ${value}: parent subnet ${formatSubnet(subnet)} doesn't contain ${what}`,
  );
}

function invalidConfig(text: string): EngineError {
  return new EngineError('invalid', `invalid network config:\n${text}`);
}
