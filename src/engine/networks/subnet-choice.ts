import { EngineError } from '#base';
import { overlaps, parseSubnet, type Subnet } from './address.ts';

/** Docker's default address pools: the /16 of 172.17 to 172.31, then 192.168 in pieces of /20. */
function* defaultPools(): Generator<Subnet> {
  for (let second = 17; second <= 31; second++) yield parseSubnet(`172.${second}.0.0/16`);
  for (let third = 0; third <= 240; third += 16) yield parseSubnet(`192.168.${third}.0/20`);
}

/** The first default pool that none of the used subnets touches. @throws EngineError, when there is none */
export function chooseSubnet(used: readonly Subnet[]): Subnet {
  for (const pool of defaultPools()) {
    if (!used.some((subnet) => overlaps(subnet, pool))) return pool;
  }
  throw new EngineError('invalid', 'all predefined address pools have been fully subnetted');
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
