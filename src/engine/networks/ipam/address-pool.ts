import { EngineError } from '#base';
import { containsAddress, formatAddress, lastAddress, type Subnet } from './address.ts';

/**
 * The addresses of one network. They are given out in rising order and start again at the end, so that an
 * address that was just given back is the last to be used again.
 */
export class AddressPool {
  readonly #subnet: Subnet;
  readonly #range: Subnet;
  readonly #taken = new Set<number>();
  #last: number;

  constructor(subnet: Subnet, gateway: number, range: Subnet = subnet) {
    this.#subnet = subnet;
    this.#range = range;
    this.#last = range.base - 1;
    this.#taken.add(gateway);
  }

  /** @throws EngineError, when every address of the range is taken */
  take(): number {
    const first = this.#range.base;
    const size = lastAddress(this.#range) - first + 1;
    for (let step = 1; step <= size; step++) {
      const address = first + ((this.#last - first + step) % size);
      if (!this.#isFree(address)) continue;
      this.#taken.add(address);
      this.#last = address;
      return address;
    }
    throw new EngineError('internal', "no available IPv4 addresses on this network's address pools");
  }

  /** Takes just this address. @throws EngineError, when it is not of the subnet or taken */
  takeExactly(address: number): void {
    if (!containsAddress(this.#subnet, address)) {
      const text = `invalid address ${formatAddress(address)}: It does not belong to any of this network's subnets`;
      throw new EngineError('invalid', text);
    }
    if (!this.#isFree(address)) throw new EngineError('forbidden', 'Address already in use');
    this.#taken.add(address);
  }

  /** Gives an address back. */
  release(address: number): void {
    this.#taken.delete(address);
  }

  #isFree(address: number): boolean {
    const own = this.#subnet.base;
    const broadcast = lastAddress(this.#subnet);
    return address !== own && address !== broadcast && !this.#taken.has(address);
  }
}
