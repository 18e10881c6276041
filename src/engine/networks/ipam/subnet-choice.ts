import { createHash } from 'node:crypto';
import { EngineError } from '#base';
import { type AddressFamily, addressBits, overlaps, parseSubnet, type Subnet, sizeOf } from './address.ts';

/** A range of addresses of either family to be handed out in subnets of one size. */
export interface SubnetPool {
  /** As CIDR. */
  readonly base: string;
  /** Length of the subnets' prefix. */
  readonly size: number;
}

/**
 * Docker's: the /16 of 172.17 to 172.31, then 192.168 in pieces of /20. Then smaller ones of our own, for hosts with many
 * networks, or whose own routes lead to all of those.
 */
const defaultIpv4Pools: readonly SubnetPool[] = [
  ...Array.from({ length: 15 }, (_, place) => ({ base: `172.${17 + place}.0.0/16`, size: 16 })),
  { base: '192.168.0.0/16', size: 20 },
  { base: '10.160.0.0/12', size: 20 },
];

/** A pool of /64 in the unique local addresses that a text, such as an engine's id, stands for. */
export function localIpv6Pool(seed: string): SubnetPool {
  const hex = createHash('sha256').update(seed).digest('hex');
  return { base: `fd${hex.slice(0, 2)}:${hex.slice(2, 6)}:${hex.slice(6, 10)}::/48`, size: 64 };
}

/** The pools with those that each family without any has by default. */
export function completePools(pools: readonly SubnetPool[], seed: string): SubnetPool[] {
  const has = (family: AddressFamily) => pools.some(({ base }) => parseSubnet(base).family === family);
  return [...pools, ...(has(4) ? [] : defaultIpv4Pools), ...(has(6) ? [] : [localIpv6Pool(seed)])];
}

/**
 * The first subnet of the pools of that family that none of the used ones touches.
 * @throws EngineError invalid, when there is none, and for a pool that is none
 */
export function chooseSubnet(
  family: AddressFamily,
  used: readonly Subnet[],
  pools: readonly SubnetPool[],
): Subnet {
  for (const subnet of split(family, pools)) {
    if (!used.some((taken) => overlaps(taken, subnet))) return subnet;
  }
  throw new EngineError('invalid', 'all predefined address pools have been fully subnetted');
}

function* split(family: AddressFamily, pools: readonly SubnetPool[]): Generator<Subnet> {
  for (const { base, size } of pools) {
    const pool = parseSubnet(base);
    if (pool.family !== family) continue;
    if (size < pool.prefixLength || size > addressBits[family] - 2) {
      throw new EngineError(
        'invalid',
        `invalid default-address-pools: ${base} has no subnets of size ${size}`,
      );
    }
    const step = 1n << BigInt(addressBits[family] - size);
    const end = pool.base + sizeOf(pool);
    for (let first = pool.base; first < end; first += step) {
      yield { family, base: first, prefixLength: size };
    }
  }
}
