import { EngineError, errorMessage } from '#base';
import type { IpamPool, PoolRequest } from '../types.ts';
import {
  type Address,
  type AddressFamily,
  formatAddress,
  formatSubnet,
  overlaps,
  parseAddress,
  parseSubnet,
  type Subnet,
} from './address.ts';
import { AddressPool } from './address-pool.ts';

export interface PoolWishes {
  /** As checkPools() has passed them. */
  readonly requests: readonly PoolRequest[];
  /** The families that the network has. */
  readonly families: readonly AddressFamily[];
  /** Those of them in which the host takes no address unless one is asked for. */
  readonly gatewayless: readonly AddressFamily[];
  /** Subnets of other networks. */
  readonly used: readonly Subnet[];
  /** Finds a free subnet for a family that no request names one of. */
  readonly choose: (family: AddressFamily) => Subnet;
}

/** The pools of a network, of each family at least one. @throws EngineError in Docker's words */
export function planPools({ requests, families, gatewayless, used, choose }: PoolWishes): IpamPool[] {
  const asked = requests
    .map((request) => ({ request, subnet: parseSubnet(request.subnet ?? '') }))
    .filter(({ subnet }) => families.includes(subnet.family));
  refuseOverlaps(
    asked.map(({ subnet }) => subnet),
    used,
  );
  const chosen = families
    .filter((family) => !asked.some(({ subnet }) => subnet.family === family))
    .map((family) => ({ request: {}, subnet: choose(family) }));
  return [...asked, ...chosen].map(({ request, subnet }) =>
    planPool(subnet, request, { gateway: !gatewayless.includes(subnet.family) }),
  );
}

function refuseOverlaps(subnets: readonly Subnet[], used: readonly Subnet[]): void {
  subnets.forEach((subnet, place) => {
    const others = [...used, ...subnets.slice(0, place)];
    if (!others.some((other) => overlaps(other, subnet))) return;
    const text = 'invalid pool request: Pool overlaps with other one on this address space';
    throw new EngineError('forbidden', text);
  });
}

/** `needs.gateway`: whether the host takes an address when none is asked for: the first that is free. */
function planPool(subnet: Subnet, request: PoolRequest, needs: { readonly gateway: boolean }): IpamPool {
  const { range, auxiliary = {} } = request;
  const part = range ? parseSubnet(range) : undefined;
  const addresses = new AddressPool({ subnet, range: part, reserved: [] });
  const gateway = request.gateway || needs.gateway ? takeGateway(addresses, request.gateway) : undefined;
  return {
    family: subnet.family,
    subnet: formatSubnet(subnet),
    gateway: gateway && formatAddress(gateway),
    impliedGateway: Boolean(request.subnet) && !request.gateway,
    range: part && formatSubnet(part),
    configured: Boolean(request.subnet),
    auxiliary: takeAuxiliary(addresses, auxiliary),
  };
}

function takeGateway(addresses: AddressPool, asked = ''): Address {
  const failure = (reason: string) =>
    new EngineError('internal', `failed to allocate gateway (${asked}): ${reason}`);
  if (asked !== '') return takeFixed(addresses, asked, failure);
  const free = addresses.take();
  if (free === undefined) throw failure('no available addresses on this pool');
  return free;
}

function takeAuxiliary(
  addresses: AddressPool,
  asked: Readonly<Record<string, string>>,
): Record<string, string> {
  const taken = Object.entries(asked).map(([name, text]) => {
    const place = `failed to allocate secondary ip address (${name}:${text})`;
    const address = takeFixed(
      addresses,
      text,
      (reason) => new EngineError('internal', `${place}: ${reason}`),
    );
    return [name, formatAddress(address)] as const;
  });
  return Object.fromEntries(taken);
}

function takeFixed(addresses: AddressPool, text: string, failure: (reason: string) => EngineError): Address {
  const address = parseAddress(text);
  try {
    addresses.takeExactly(address);
  } catch (error) {
    throw failure(errorMessage(error));
  }
  return address;
}
