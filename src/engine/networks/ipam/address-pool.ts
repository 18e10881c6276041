import { EngineError } from '#base';
import { type Address, containsAddress, formatAddress, lastAddress, type Subnet, sizeOf } from './address.ts';

/** What an address pool is made of. */
export interface AddressPoolParts {
  readonly subnet: Subnet;
  /** Part of the subnet to take addresses from that nobody wished for. */
  readonly range?: Subnet | undefined;
  /** Addresses that are never given out: the gateway's and the reserved ones. */
  readonly reserved: readonly Address[];
}

export interface PoolUsage {
  /** Addresses of the subnet that are taken or reserved. */
  readonly inUse: bigint;
  /** Addresses of the range that may still be given out. */
  readonly available: bigint;
}

/**
 * The addresses of one subnet. They are given out in rising order and start again at the end, so that an
 * address that was just given back is the last to be used again.
 */
export class AddressPool {
  readonly subnet: Subnet;
  readonly #range: Subnet;
  readonly #taken = new Set<bigint>();
  #last: bigint;

  constructor({ subnet, range = subnet, reserved }: AddressPoolParts) {
    this.subnet = subnet;
    this.#range = range;
    this.#last = range.base - 1n;
    this.#hold([...this.#unusable(), ...reserved]);
  }

  /** The next free address of the range; undefined when every one is taken. */
  take(): Address | undefined {
    const { family, base } = this.#range;
    const size = sizeOf(this.#range);
    for (let step = 1n; step <= size; step++) {
      const value = base + ((this.#last - base + step + size) % size);
      if (this.#taken.has(value)) continue;
      this.#taken.add(value);
      this.#last = value;
      return { family, value };
    }
    return undefined;
  }

  /** Takes just this address. @throws EngineError, when it is not of the subnet or taken */
  takeExactly(address: Address): void {
    if (!containsAddress(this.subnet, address)) {
      const text = `invalid address ${formatAddress(address)}: It does not belong to any of this network's subnets`;
      throw new EngineError('invalid', text);
    }
    if (this.#taken.has(address.value)) throw new EngineError('forbidden', 'Address already in use');
    this.#taken.add(address.value);
  }

  /** Gives an address back. */
  release(address: Address): void {
    this.#taken.delete(address.value);
  }

  usage(): PoolUsage {
    const free = sizeOf(this.#range) - this.#takenWithin(this.#range);
    return { inUse: BigInt(this.#taken.size), available: free };
  }

  #takenWithin(range: Subnet): bigint {
    const { family } = range;
    return BigInt(
      this.#taken
        .values()
        .filter((value) => containsAddress(range, { family, value }))
        .toArray().length,
    );
  }

  #hold(addresses: readonly Address[]): void {
    for (const { value } of addresses) this.#taken.add(value);
  }

  /** The subnet's own address, and IPv4's broadcast address, where there is room for more. */
  #unusable(): Address[] {
    const { family, base } = this.subnet;
    if (sizeOf(this.subnet) <= 2n) return [];
    const own = { family, value: base };
    return family === 4 ? [own, lastAddress(this.subnet)] : [own];
  }
}
