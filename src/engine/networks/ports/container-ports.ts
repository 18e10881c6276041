import type { PortRequest, PublishedPort } from '../types.ts';
import { type HostPorts, HostPortUnavailable } from './host-ports.ts';
import { hostPortError, type PortOwner } from './port-failure.ts';

/** Where a container's ports go. */
export interface PortHome extends PortOwner {
  /** The host's address for wishes that name none; `0.0.0.0` is any, of both protocols. */
  readonly defaultBinding: string;
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
    const given = this.#held.filter((port) => ports.includes(port));
    this.#hostPorts.release(given);
    this.#held = this.#held.filter((port) => !given.includes(port));
  }

  #takeOne(wish: PortRequest): PublishedPort[] {
    const { defaultBinding } = this.#home;
    const any = wish.hostAddress === '' && defaultBinding !== '0.0.0.0' ? defaultBinding : wish.hostAddress;
    try {
      return this.#hostPorts.take({ ...wish, hostAddress: any });
    } catch (error) {
      throw error instanceof HostPortUnavailable ? hostPortError(error, this.#home) : error;
    }
  }
}
