import { EngineError } from '#base';
import type { LaunchNetwork, Listen } from '#runtime';
import type { NetworkDirectory } from '../directory.ts';
import type { NetworkHost } from '../network-host.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import type { Publication } from '../rules/publication.ts';
import type {
  EndpointRequest,
  EndpointState,
  NetworkRecord,
  PortRequest,
  PublishedPort,
  Reservation,
  Sandbox,
  SandboxRecord,
} from '../types.ts';
import { type Attachment, attach, detach } from './attachment.ts';
import { makeDevice, removeDevice, setRoutes } from './device.ts';
import { listenFor, planLaunch } from './launch.ts';
import { openPortHome, type PortHome, publicationsOf } from './port-home.ts';

/** What a sandbox works with. */
export interface SandboxSupport {
  readonly directory: NetworkDirectory;
  readonly host: NetworkHost;
  readonly hostPorts: HostPorts;
  /** Called when a running container has come into a network, or out of one. */
  readonly tell: (action: 'connect' | 'disconnect', network: NetworkRecord) => void;
  /** Called once, when it is released. */
  readonly onRelease: () => void;
}

/** A sandbox that holds its addresses and ports until it is released. */
export class LiveSandbox implements Sandbox {
  readonly containerId: string;
  readonly containerName: string;
  readonly #support: SandboxSupport;
  #attachments: readonly Attachment[];
  #home: PortHome | undefined;
  #launch: LaunchNetwork | undefined;
  #released = false;

  constructor(
    { containerId, containerName }: Pick<SandboxRecord, 'containerId' | 'containerName'>,
    attachments: readonly Attachment[],
    support: SandboxSupport,
  ) {
    this.containerId = containerId;
    this.containerName = containerName;
    this.#support = support;
    this.#attachments = attachments;
    this.#home = openPortHome(containerName, attachments, support);
  }

  get endpoints(): Readonly<Record<string, EndpointState>> {
    return Object.fromEntries(this.#attachments.map(({ record, endpoint }) => [record.name, endpoint]));
  }

  get networks(): readonly NetworkRecord[] {
    return this.#attachments.map(({ record }) => record);
  }

  get launch(): LaunchNetwork | undefined {
    this.#launch ??= planLaunch(this.#attachments, {
      ipv6: this.#support.host.ipv6,
      publications: this.publications(),
    });
    return this.#launch;
  }

  get ports(): readonly PublishedPort[] {
    return this.#home?.ports.all ?? [];
  }

  get publishes(): boolean {
    return this.#home !== undefined;
  }

  get listens(): readonly Listen[] {
    return this.publications().flatMap(listenFor);
  }

  addPorts(wishes: readonly PortRequest[]): readonly PublishedPort[] {
    if (this.#home !== undefined) return this.#home.ports.take(wishes);
    throw new EngineError('invalid', 'the container is on no network that publishes ports');
  }

  /** Holds the ports that the container has already. */
  takeOverPorts(ports: readonly PublishedPort[]): void {
    this.#home?.ports.takeOver(ports);
  }

  removePorts(ports: readonly PublishedPort[]): void {
    this.#unpublish(ports);
    this.#home?.ports.release(ports);
  }

  async publish(): Promise<void> {
    if (!this.#released) this.#home?.bridge.rules.publish(this.publications());
  }

  reserve(wish: EndpointRequest): Reservation {
    const { directory } = this.#support;
    const { name } = directory.inspect(wish.network);
    if (this.#find(name) !== undefined) {
      const text = `endpoint with name ${this.containerName} already exists in network ${name}`;
      throw new EngineError('forbidden', text);
    }
    const others = this.#attachments.map(({ endpoint }) => endpoint);
    const attachment = attach(wish, directory, others);
    let plugged = false;
    return {
      endpoint: attachment.endpoint,
      plug: (netns) => {
        this.#plug(attachment, netns);
        plugged = true;
      },
      cancel: () => {
        if (!plugged) detach(attachment);
      },
    };
  }

  unplug(network: string, netns: number): void {
    const attachment = this.#find(network);
    if (attachment === undefined) return;
    const { host } = this.#support;
    removeDevice(attachment.endpoint, host, netns);
    this.#change(this.#attachments.filter((other) => other !== attachment));
    setRoutes(this.endpoints, host, netns);
    detach(attachment);
    this.#support.tell('disconnect', attachment.record);
  }

  discard(endpoint: EndpointState, netns: number): void {
    removeDevice(endpoint, this.#support.host, netns);
    setRoutes(this.endpoints, this.#support.host, netns);
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#unpublish(this.ports);
    this.#home?.ports.release(this.ports);
    for (const attachment of this.#attachments) detach(attachment);
    this.#support.onRelease();
  }

  toRecord(): SandboxRecord {
    const { containerId, containerName, endpoints, ports } = this;
    return { containerId, containerName, endpoints, ports };
  }

  publications(): Publication[] {
    return this.#home === undefined ? [] : publicationsOf(this.#home.endpoint, this.ports);
  }

  /** Whether its ports are published by this network. */
  isPublishedBy(network: NetworkRecord): boolean {
    return this.#home?.endpoint.networkId === network.id;
  }

  #plug(attachment: Attachment, netns: number): void {
    const { host } = this.#support;
    const { record, endpoint } = attachment;
    using undo = new DisposableStack();
    makeDevice(attachment, host, netns);
    undo.defer(() => this.discard(endpoint, netns));
    setRoutes({ ...this.endpoints, [record.name]: endpoint }, host, netns);
    undo.move();
    this.#change([...this.#attachments, attachment]);
    this.#support.tell('connect', record);
  }

  /** Ports move with the way out; publish() makes them reachable there. Without one they are given back. */
  #change(attachments: readonly Attachment[]): void {
    const { ports } = this;
    const before = this.#home;
    this.#attachments = attachments;
    const after = openPortHome(this.containerName, attachments, this.#support);
    if (after?.endpoint === before?.endpoint) return;
    this.#unpublish(ports);
    if (after === undefined) before?.ports.release(ports);
    else after.ports.takeOver(ports);
    this.#home = after;
  }

  #unpublish(ports: readonly PublishedPort[]): void {
    this.#home?.bridge.rules.unpublish(publicationsOf(this.#home.endpoint, ports));
  }

  #find(network: string): Attachment | undefined {
    return this.#attachments.find(({ record }) => record.name === network);
  }
}
