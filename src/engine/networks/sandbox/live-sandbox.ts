import { EngineError } from '#base';
import type { LaunchNetwork, Listen } from '#runtime';
import type { BridgeNetwork } from '../drivers/bridge-network.ts';
import type { ContainerPorts } from '../ports/container-ports.ts';
import type { Publication } from '../rules/rules.ts';
import type { EndpointState, PortRequest, PublishedPort, Sandbox, SandboxRecord } from '../types.ts';
import { listenFor } from './launch.ts';

/** What a sandbox needs besides its record. */
export interface SandboxSupport {
  readonly launch: LaunchNetwork | undefined;
  /** The network that its ports are published by. */
  readonly publisher: BridgeNetwork | undefined;
  /** Its ports; undefined without such a network. */
  readonly ports: ContainerPorts | undefined;
  /** Gives back what join() took. */
  readonly giveBack: () => void;
}

/** A sandbox that holds its addresses and ports until it is released. */
export class LiveSandbox implements Sandbox {
  readonly containerId: string;
  readonly containerName: string;
  readonly endpoints: Readonly<Record<string, EndpointState>>;
  readonly launch: LaunchNetwork | undefined;
  readonly #support: SandboxSupport;
  #released = false;

  constructor(record: Omit<SandboxRecord, 'ports'>, support: SandboxSupport) {
    this.containerId = record.containerId;
    this.containerName = record.containerName;
    this.endpoints = record.endpoints;
    this.launch = support.launch;
    this.#support = support;
  }

  get ports(): readonly PublishedPort[] {
    return this.#support.ports?.all ?? [];
  }

  get listens(): readonly Listen[] {
    return this.publications().flatMap(listenFor);
  }

  addPorts(wishes: readonly PortRequest[]): readonly PublishedPort[] {
    const { ports } = this.#support;
    if (ports === undefined) {
      throw new EngineError('invalid', 'the container is on no network that publishes ports');
    }
    return ports.take(wishes);
  }

  removePorts(ports: readonly PublishedPort[]): void {
    this.#support.publisher?.unpublish(publicationsOf({ endpoints: this.endpoints, ports }));
    this.#support.ports?.release(ports);
  }

  async publish(): Promise<void> {
    if (!this.#released) this.#support.publisher?.publish(this.publications());
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#support.publisher?.unpublish(this.publications());
    this.#support.giveBack();
  }

  toRecord(): SandboxRecord {
    const { containerId, containerName, endpoints, ports } = this;
    return { containerId, containerName, endpoints, ports };
  }

  /** Whether this is the network that publishes its ports. */
  isPublishedBy(network: BridgeNetwork): boolean {
    return this.#support.publisher === network;
  }

  publications(): Publication[] {
    return publicationsOf(this);
  }
}

/** Each published port with the address that serves it: that of the first endpoint that has one. */
export function publicationsOf({
  endpoints,
  ports,
}: Pick<SandboxRecord, 'endpoints' | 'ports'>): Publication[] {
  const target = Object.values(endpoints).find(({ address }) => address !== '')?.address;
  return target === undefined ? [] : ports.map((port) => ({ port, target }));
}
