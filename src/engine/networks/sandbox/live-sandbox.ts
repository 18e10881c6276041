import { EngineError } from '#base';
import type { LaunchNetwork, Listen } from '#runtime';
import type { NetworkDirectory } from '../directory.ts';
import type { NameService, NameWishes } from '../names/types.ts';
import type { NetworkHost } from '../network-host.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import type { Readiness } from '../publishing/publisher.ts';
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
import { type Attachment, attach, detach, limitsOf } from './attachment.ts';
import { makeDevice, removeDevice, setRates, setRoutes } from './device.ts';
import { listenFor, planLaunch } from './launch.ts';
import { hasPlaces, openWayOut, publicationsOf, type WayOut } from './way-out.ts';

/** What a sandbox works with. */
export interface SandboxSupport {
  readonly directory: NetworkDirectory;
  readonly host: NetworkHost;
  readonly hostPorts: HostPorts;
  readonly names: NameService;
  /** Called when a running container has come into a network, or out of one. */
  readonly tell: (action: 'connect' | 'disconnect', network: NetworkRecord) => void;
  /** Called once, when it is released. */
  readonly onRelease: () => void;
}

/** A sandbox that holds its addresses and ports until it is released. */
export class LiveSandbox implements Sandbox {
  readonly containerId: string;
  readonly names: NameWishes | undefined;
  readonly #support: SandboxSupport;
  #attachments: readonly Attachment[];
  #wayOut: WayOut | undefined;
  #launch: LaunchNetwork | undefined;
  #containerName: string;
  #released = false;
  /** Settles when the names are known as they are now. */
  #namesTold: Promise<void> = Promise.resolve();

  constructor(
    { containerId, containerName, names }: Pick<SandboxRecord, 'containerId' | 'containerName' | 'names'>,
    attachments: readonly Attachment[],
    support: SandboxSupport,
  ) {
    this.containerId = containerId;
    this.#containerName = containerName;
    this.names = names;
    this.#support = support;
    this.#attachments = attachments;
    this.#wayOut = openWayOut(containerName, attachments, support);
  }

  get containerName(): string {
    return this.#containerName;
  }

  get endpoints(): Readonly<Record<string, EndpointState>> {
    return Object.fromEntries(this.#attachments.map(({ record, endpoint }) => [record.name, endpoint]));
  }

  get networks(): readonly NetworkRecord[] {
    return this.#attachments.map(({ record }) => record);
  }

  get launch(): LaunchNetwork | undefined {
    return this.#launch;
  }

  /** Plans its devices as they are to be at the start. @throws EngineError, when the kernel can't make one */
  planLaunch(): void {
    this.#launch = planLaunch(this.#attachments, {
      ipv6: this.#support.host.ipv6,
      publications: this.publications(),
      named: this.names !== undefined,
    });
  }

  get ports(): readonly PublishedPort[] {
    return this.#wayOut?.ports.all ?? [];
  }

  get publishes(): boolean {
    return this.#wayOut !== undefined;
  }

  get listens(): readonly Listen[] {
    return this.publications().flatMap(listenFor);
  }

  addPorts(wishes: readonly PortRequest[]): readonly PublishedPort[] {
    if (this.#wayOut !== undefined) return this.#wayOut.ports.take(wishes);
    throw new EngineError('invalid', 'the container is on no network that publishes ports');
  }

  /** Holds the ports that the container has already. */
  takeOverPorts(ports: readonly PublishedPort[]): void {
    this.#wayOut?.ports.takeOver(ports);
  }

  removePorts(ports: readonly PublishedPort[]): void {
    this.#unpublish(ports);
    this.#wayOut?.ports.release(ports);
  }

  async rename(name: string): Promise<void> {
    this.#containerName = name;
    this.tellNames();
    await this.#namesTold;
  }

  /** To be called when its networks or its name have changed. */
  tellNames(): void {
    this.#namesTold = this.#support.names.tell(this.toRecord());
  }

  async publish(readiness: Readiness = 'answering'): Promise<void> {
    if (this.#released) return;
    this.#wayOut?.bridge.publisher.publish(this.publications(), readiness);
    this.#support.names.serve(this.containerId);
    await this.#namesTold;
  }

  admit(): void {
    this.#wayOut?.bridge.publisher.admit(this.#shared());
  }

  withdraw(): void {
    this.#wayOut?.bridge.publisher.withdraw(this.#shared());
  }

  async drain(closeSockets: () => Promise<void>, givenUp: AbortSignal): Promise<void> {
    const shared = this.#shared();
    if (shared.length === 0) return;
    await this.#wayOut?.bridge.publisher.drain(shared, closeSockets, givenUp);
  }

  reserve(wish: EndpointRequest, netns: number): Reservation {
    const { directory, host } = this.#support;
    const { name } = directory.inspect(wish.network);
    if (this.#find(name) !== undefined) {
      const text = `endpoint with name ${this.containerName} already exists in network ${name}`;
      throw new EngineError('forbidden', text);
    }
    const endpoints = this.#attachments.map(({ endpoint }) => endpoint);
    const attachment = attach(wish, directory, { endpoints, devices: host.devicesInside(netns) });
    let plugged = false;
    return {
      endpoint: attachment.endpoint,
      plug: async () => {
        const moved = await this.#plug(attachment, netns);
        plugged = true;
        return moved;
      },
      cancel: () => {
        if (!plugged) detach(attachment);
      },
    };
  }

  async unplug(network: string, netns: number): Promise<boolean> {
    const attachment = this.#find(network);
    if (attachment === undefined) return false;
    const moved = this.#change(this.#attachments.filter((other) => other !== attachment));
    await this.discard(attachment.endpoint, netns);
    detach(attachment);
    this.#support.tell('disconnect', attachment.record);
    return moved;
  }

  limitRates(labels: Readonly<Record<string, string>>, netns: number): void {
    const limited = this.#attachments.map((attachment) => {
      const { driverOptions } = attachment.endpoint;
      const rates = limitsOf({ driverOptions, labels }, attachment.record);
      return { ...attachment, endpoint: { ...attachment.endpoint, rates } };
    });
    for (const { endpoint, network } of limited) {
      if (network !== undefined) setRates(endpoint, this.#support.host, netns);
    }
    this.#attachments = limited;
  }

  async discard(endpoint: EndpointState, netns: number): Promise<void> {
    // The kernel lets nobody else change anything of the network for as long as it takes to remove a device.
    setRoutes(this.endpoints, this.#support.host, netns);
    await removeDevice(endpoint, this.#support.host, netns);
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#unpublish(this.ports);
    this.#wayOut?.ports.release(this.ports);
    for (const attachment of this.#attachments) detach(attachment);
    this.#support.names.forget(this.containerId);
    this.#support.onRelease();
  }

  toRecord(): SandboxRecord {
    const { containerId, containerName, endpoints, ports, names } = this;
    return { containerId, containerName, endpoints, ports, names };
  }

  publications(): Publication[] {
    return this.#wayOut === undefined ? [] : publicationsOf(this.#wayOut.endpoint, this.ports);
  }

  /** Whether its ports are published by this network. */
  isPublishedBy(network: NetworkRecord): boolean {
    return this.#wayOut?.endpoint.networkId === network.id;
  }

  async #plug(attachment: Attachment, netns: number): Promise<boolean> {
    const { host } = this.#support;
    const { record, endpoint } = attachment;
    await using undo = new AsyncDisposableStack();
    await makeDevice(attachment, host, netns);
    undo.defer(() => this.discard(endpoint, netns));
    setRoutes({ ...this.endpoints, [record.name]: endpoint }, host, netns);
    undo.move();
    const moved = this.#change([...this.#attachments, attachment]);
    this.#support.tell('connect', record);
    return moved;
  }

  /** Ports move with the way out, unless it is none that has places of the host for them: then they are given back. */
  #change(attachments: readonly Attachment[]): boolean {
    const { ports } = this;
    const before = this.#wayOut;
    const after = openWayOut(this.#containerName, attachments, this.#support);
    this.#attachments = attachments;
    this.tellNames();
    if (after?.endpoint.endpointId === before?.endpoint.endpointId) return false;
    this.#unpublish(ports);
    before?.ports.release(ports);
    if (after !== undefined && hasPlaces(after, ports)) after.ports.takeOver(ports);
    this.#wayOut = after;
    return true;
  }

  /** Ports that it has together with its group. */
  #shared(): Publication[] {
    return this.#released ? [] : this.publications().filter(({ port }) => port.group !== undefined);
  }

  #unpublish(ports: readonly PublishedPort[]): void {
    this.#wayOut?.bridge.publisher.unpublish(publicationsOf(this.#wayOut.endpoint, ports));
  }

  #find(network: string): Attachment | undefined {
    return this.#attachments.find(({ record }) => record.name === network);
  }
}
