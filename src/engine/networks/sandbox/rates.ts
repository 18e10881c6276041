import { EngineError } from '#base';
import type { NetworkOptions } from '../types.ts';

/** Bytes a second that a container may send and receive by one of its devices; undefined: as many as it can. */
export interface RateLimits {
  readonly out?: number | undefined;
  readonly in?: number | undefined;
}

/** What a limit is asked for by: as an option of a network or of an endpoint, or as a label of a container. */
export const rateKeys = { out: 'wharf.rate.out', in: 'wharf.rate.in' } as const;

/**
 * The limits of an endpoint: of what is asked for more than once, the first counts.
 * @throws EngineError invalid, for what is no rate
 */
export function ratesOf(...wishes: readonly NetworkOptions[]): RateLimits {
  const first = (key: string) => wishes.find((wish) => wish[key])?.[key];
  const out = parseRate(rateKeys.out, first(rateKeys.out));
  const received = parseRate(rateKeys.in, first(rateKeys.in));
  return { ...(out && { out }), ...(received && { in: received }) };
}

const unitBits = { '': 1, k: 1e3, m: 1e6, g: 1e9 } as const;
const leastBits = 8_000;
const mostBits = 32e9;

/** `10mbit`: bits a second, as tc writes them. */
function parseRate(key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kmg]?)bit$/i.exec(text) ?? [];
  const factor = Object.entries(unitBits).find(([name]) => name === unit?.toLowerCase())?.[1];
  const bits = Number(number) * (factor ?? Number.NaN);
  if (bits >= leastBits && bits <= mostBits) return Math.round(bits / 8);
  throw new EngineError(
    'invalid',
    `invalid rate ${key}=${text}: expected from 8kbit to 32gbit, as in 10mbit`,
  );
}
