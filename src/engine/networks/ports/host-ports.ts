import type { PortRequest, PublishedPort } from '../types.ts';

export const anyIpv4 = '0.0.0.0';
export const anyIpv6 = '::';

/** A host port that can't be had. */
export class HostPortUnavailable extends Error {
  readonly port: PublishedPort;
  /** Why the host refuses it; undefined when another container has it. */
  readonly reason: string | undefined;

  constructor(port: PublishedPort, reason?: string) {
    super(`${port.hostAddress}:${port.hostPort}: ${reason ?? 'port is already allocated'}`);
    this.port = port;
    this.reason = reason;
  }
}

/** Why the host refuses this address and port; undefined when it does not. */
export type PortProbe = (port: PublishedPort) => string | undefined;

/** How many containers may share a place of the host. */
export const groupLimit = 60;

const ephemeral = { first: 32768, last: 60999 };

/** Which ports of the host belong to which of our containers. */
export class HostPorts {
  readonly #probe: PortProbe;
  readonly #ipv6: boolean;
  /** By place; several hold a place that a group shares. */
  readonly #taken = new Map<string, PublishedPort[]>();
  #lastEphemeral = ephemeral.last;

  constructor(probe: PortProbe, options: { readonly ipv6: boolean }) {
    this.#probe = probe;
    this.#ipv6 = options.ipv6;
  }

  /** What a request for no address in particular means. */
  get anyAddresses(): readonly string[] {
    return this.#ipv6 ? [anyIpv4, anyIpv6] : [anyIpv4];
  }

  /** Takes the same host port at each of the addresses, by default those that it means. @throws HostPortUnavailable */
  take(
    request: PortRequest,
    addresses: readonly string[] = request.hostAddress === '' ? this.anyAddresses : [request.hostAddress],
  ): PublishedPort[] {
    let failure: HostPortUnavailable | undefined;
    for (const hostPort of this.#candidates(request)) {
      const { port, protocol, group } = request;
      const shared = group === undefined ? {} : { group };
      const ports = addresses.map((hostAddress) => ({ port, protocol, hostAddress, hostPort, ...shared }));
      const conflict = this.#conflict(ports);
      if (conflict === undefined) return this.#hold(ports, request);
      failure ??= conflict;
    }
    throw failure ?? new Error('a port request has no candidate');
  }

  /** Takes ports that a container holds already, without asking the host. */
  takeOver(ports: readonly PublishedPort[]): void {
    for (const port of ports) this.#taken.set(placeOf(port), [...this.#holders(port), port]);
  }

  release(ports: readonly PublishedPort[]): void {
    for (const port of ports) {
      const left = this.#holders(port).slice(1);
      if (left.length > 0) this.#taken.set(placeOf(port), left);
      else this.#taken.delete(placeOf(port));
    }
  }

  #holders(port: PublishedPort): readonly PublishedPort[] {
    return this.#taken.get(placeOf(port)) ?? [];
  }

  *#candidates({ hostPort, hostPortEnd }: PortRequest): Generator<number> {
    if (hostPort !== 0) {
      for (let port = hostPort; port <= hostPortEnd; port++) yield port;
      return;
    }
    const size = ephemeral.last - ephemeral.first + 1;
    const start = this.#lastEphemeral;
    for (let step = 1; step <= size; step++) {
      yield ephemeral.first + ((start - ephemeral.first + step) % size);
    }
  }

  #conflict(ports: readonly PublishedPort[]): HostPortUnavailable | undefined {
    const ours = ports.find((port) => this.#isOurs(port));
    if (ours !== undefined) return new HostPortUnavailable(ours);
    for (const port of ports) {
      const reason = this.#holders(port).length > 0 ? undefined : this.#probe(port);
      if (reason !== undefined) return new HostPortUnavailable(port, reason);
    }
    return undefined;
  }

  /** An address conflicts with any of its protocol, and with itself but for others of its group with room for one. */
  #isOurs(wanted: PublishedPort): boolean {
    const any = wanted.hostAddress.includes(':') ? anyIpv6 : anyIpv4;
    const sharing = this.#holders(wanted);
    const [first] = sharing;
    if (first !== undefined)
      return wanted.group === undefined || first.group !== wanted.group || sharing.length >= groupLimit;
    if (this.#taken.has(placeOf({ ...wanted, hostAddress: any }))) return true;
    if (wanted.hostAddress !== any) return false;
    return [...this.#taken.values()].some(
      ([held]) =>
        held !== undefined &&
        samePort(held, wanted) &&
        held.hostAddress.includes(':') === wanted.hostAddress.includes(':'),
    );
  }

  #hold(ports: PublishedPort[], request: PortRequest): PublishedPort[] {
    const first = ports[0];
    if (request.hostPort === 0 && first !== undefined) this.#lastEphemeral = first.hostPort;
    this.takeOver(ports);
    return ports;
  }
}

function samePort(left: PublishedPort, right: PublishedPort): boolean {
  return left.hostPort === right.hostPort && left.protocol === right.protocol;
}

/** Names a port's place on the host. */
export function placeOf({ hostAddress, hostPort, protocol }: PublishedPort): string {
  return `${hostAddress} ${hostPort}/${protocol}`;
}
