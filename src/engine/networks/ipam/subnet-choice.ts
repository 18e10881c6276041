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

/**
 * The pools with those that each family without any has by default.
 * @throws EngineError invalid, for a pool that is none or has no subnets of its size
 */
export function completePools(pools: readonly SubnetPool[], seed: string): SubnetPool[] {
  for (const pool of pools) checkPool(pool);
  const has = (family: AddressFamily) => pools.some(({ base }) => parseSubnet(base).family === family);
  return [...pools, ...(has(4) ? [] : defaultIpv4Pools), ...(has(6) ? [] : [localIpv6Pool(seed)])];
}

function checkPool({ base, size }: SubnetPool): void {
  const { family, prefixLength } = parseSubnet(base);
  if (size >= prefixLength && size <= addressBits[family] - 2) return;
  throw new EngineError('invalid', `invalid default-address-pools: ${base} has no subnets of size ${size}`);
}

/**
 * The first subnet of the pools of that family that none of the used ones touches.
 * @throws EngineError invalid, when there is none
 */
export function chooseSubnet(
  family: AddressFamily,
  used: readonly Subnet[],
  pools: readonly SubnetPool[],
): Subnet {
  for (const { base, size } of pools) {
    const pool = parseSubnet(base);
    const free = pool.family === family ? firstFree(pool, size, used) : undefined;
    if (free !== undefined) return free;
  }
  throw new EngineError('invalid', 'all predefined address pools have been fully subnetted');
}

/** Walks along the used subnets: there may be more of ours in one of them than could be tried. */
function firstFree(pool: Subnet, prefixLength: number, used: readonly Subnet[]): Subnet | undefined {
  const step = sizeOf({ ...pool, prefixLength });
  const obstacles = used.filter((other) => overlaps(pool, other)).sort((a, b) => (a.base < b.base ? -1 : 1));
  let { base } = pool;
  for (const obstacle of obstacles) {
    if (obstacle.base >= base + step) break;
    const behind = obstacle.base + sizeOf(obstacle);
    if (behind > base) base = ((behind + step - 1n) / step) * step;
  }
  return base < pool.base + sizeOf(pool) ? { ...pool, base, prefixLength } : undefined;
}
