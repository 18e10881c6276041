import { randomInt } from 'node:crypto';

/**
 * An index for a device that is to be made: high and random, so that it clashes neither with what the kernel numbers nor
 * with another daemon's.
 */
export function randomDeviceIndex(): number {
  return randomInt(2 ** 24, 2 ** 31 - 1);
}
