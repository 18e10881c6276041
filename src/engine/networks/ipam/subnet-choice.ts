import { EngineError } from '#base';
import { overlaps, parseSubnet, type Subnet } from './address.ts';

/** Docker's default address pools: the /16 of 172.17 to 172.31, then 192.168 in pieces of /20. */
function* defaultPools(): Generator<Subnet> {
  for (let second = 17; second <= 31; second++) yield parseSubnet(`172.${second}.0.0/16`);
  for (let third = 0; third <= 240; third += 16) yield parseSubnet(`192.168.${third}.0/20`);
}

/** A range of addresses to be handed out in subnets of one size. */
export interface AddressPool {
  /** As CIDR. */
  readonly base: string;
  /** Length of the subnets' prefix. */
  readonly size: number;
}

/**
 * The first subnet of the pools (none: Docker's) that none of the used ones touches.
 * @throws EngineError invalid, when there is none, and for a pool that is none
 */
export function chooseSubnet(used: readonly Subnet[], pools: readonly AddressPool[] = []): Subnet {
  for (const subnet of pools.length > 0 ? split(pools) : defaultPools()) {
    if (!used.some((taken) => overlaps(taken, subnet))) return subnet;
  }
  throw new EngineError('invalid', 'all predefined address pools have been fully subnetted');
}

function* split(pools: readonly AddressPool[]): Generator<Subnet> {
  for (const { base, size } of pools) {
    const pool = parseSubnet(base);
    if (size < pool.prefixLength || size > 30) {
      throw new EngineError(
        'invalid',
        `invalid default-address-pools: ${base} has no subnets of size ${size}`,
      );
    }
    const count = 2 ** (size - pool.prefixLength);
    const step = 2 ** (32 - size);
    for (let i = 0; i < count; i++) yield { base: pool.base + i * step, prefixLength: size };
  }
}

/** The subnets that the routes of /proc/net/route lead to, but for those of one device and the default route. */
export function routedSubnets(routes: string, exceptDevice?: string): Subnet[] {
  return routes
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.split(/\s+/);
      const mask = littleEndian(fields[7]);
      if (fields.length < 8 || fields[0] === exceptDevice || mask === 0) return [];
      return [{ base: littleEndian(fields[1]), prefixLength: 32 - Math.log2(2 ** 32 - mask) }];
    });
}

function littleEndian(hex = ''): number {
  return Buffer.from(hex.padStart(8, '0'), 'hex').readUInt32LE();
}
