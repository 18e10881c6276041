import type { PortRequest, PublishedPort } from '../types.ts';
import { anyIpv4, type HostPorts, HostPortUnavailable, placeOf } from './host-ports.ts';
import { hostPortError, type PortOwner } from './port-failure.ts';

/** Where a container's ports go. */
export interface PortHome extends PortOwner {
  /** The host's address for wishes that name none; `0.0.0.0` is any, of both protocols. */
  readonly defaultBinding: string;
  /** Families in which ports are open at the container's own address and need no place of the host. */
  readonly isRouted: { readonly ipv4: boolean; readonly ipv6: boolean };
}

/** The host ports that one container holds. */
export class ContainerPorts {
  readonly #hostPorts: HostPorts;
  readonly #home: PortHome;
  #held: readonly PublishedPort[] = [];

  constructor(hostPorts: HostPorts, home: PortHome) {
    this.#hostPorts = hostPorts;
    this.#home = home;
  }

  get all(): readonly PublishedPort[] {
    return this.#held;
  }

  /** Takes ports for wishes. @throws EngineError in Docker's words; none of them is held then */
  take(wishes: readonly PortRequest[]): readonly PublishedPort[] {
    using undo = new DisposableStack();
    const taken = wishes.flatMap((wish) => {
      const ports = this.#takeOne(wish);
      undo.defer(() => this.#hostPorts.release(ports));
      return ports;
    });
    undo.move();
    this.#held = [...this.#held, ...taken];
    return taken;
  }

  /** Takes over what the container holds already. */
  takeOver(ports: readonly PublishedPort[]): void {
    this.#hostPorts.takeOver(ports);
    this.#held = [...this.#held, ...ports];
  }

  /** Gives ports back; what it does not hold is ignored. */
  release(ports: readonly PublishedPort[]): void {
    const given = this.#held.filter((port) => ports.some((other) => isSame(port, other)));
    this.#hostPorts.release(given);
    this.#held = this.#held.filter((port) => !given.includes(port));
  }

  #takeOne(wish: PortRequest): PublishedPort[] {
    const { defaultBinding } = this.#home;
    const isAny = wish.hostAddress === '' && defaultBinding === anyIpv4;
    const addresses = isAny ? this.#hostPorts.anyAddresses : [wish.hostAddress || defaultBinding];
    const [open, mapped] = [true, false].map((routed) =>
      addresses.filter((address) => this.#isRouted(address) === routed),
    );
    const { port, protocol } = wish;
    return [
      ...(open ?? []).map((hostAddress) => ({ port, protocol, hostAddress, hostPort: 0 })),
      ...this.#takePlaces(wish, mapped ?? []),
    ];
  }

  #takePlaces(wish: PortRequest, addresses: readonly string[]): PublishedPort[] {
    try {
      return addresses.length === 0 ? [] : this.#hostPorts.take(wish, addresses);
    } catch (error) {
      throw error instanceof HostPortUnavailable ? hostPortError(error, this.#home) : error;
    }
  }

  #isRouted(hostAddress: string): boolean {
    const { ipv4, ipv6 } = this.#home.isRouted;
    return hostAddress.includes(':') ? ipv6 : ipv4;
  }
}

function isSame(left: PublishedPort, right: PublishedPort): boolean {
  return placeOf(left) === placeOf(right) && left.port === right.port;
}
