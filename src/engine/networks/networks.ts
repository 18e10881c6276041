import {
  compilePruneFilter,
  EngineError,
  errorMessage,
  type Filter,
  type Log,
  pruneRefusal,
  SingleRun,
} from '#base';
import type { Events, NetworkAction } from '#engine/events';
import type { RouteEntry } from '#linux';
import type { Metadata } from '#store/metadata';
import { findClashes } from './clashes.ts';
import type { DefaultBridge } from './default-bridge.ts';
import { NetworkDirectory } from './directory.ts';
import type { BridgeNetwork } from './drivers/bridge-network.ts';
import { compileNetworkFilter } from './filter.ts';
import type { PoolUsage } from './ipam/address-pool.ts';
import type { SubnetPool } from './ipam/subnet-choice.ts';
import { createNameService } from './names/name-service.ts';
import type { ResolverPlace } from './names/resolver-process.ts';
import type { NameService } from './names/types.ts';
import { type NetworkHost, openNetworkHost } from './network-host.ts';
import { HostPorts } from './ports/host-ports.ts';
import { isPredefined, refusePredefined } from './predefined.ts';
import { healRules } from './rules/heal.ts';
import { passagesBetween } from './rules/passage.ts';
import { checkWish } from './sandbox/check-wish.ts';
import { joinNetworks } from './sandbox/join.ts';
import type { LiveSandbox, SandboxSupport } from './sandbox/live-sandbox.ts';
import { restoreSandbox } from './sandbox/restore.ts';
import type {
  AttachedContainer,
  CreateNetworkRequest,
  EndpointRequest,
  JoinRequest,
  LinkTarget,
  NetworkRecord,
  Networks,
  Sandbox,
  SandboxRecord,
} from './types.ts';

export interface NetworksParts {
  readonly metadata: Metadata;
  readonly events: Pick<Events, 'publish'>;
  readonly log: Log;
  /** Absent: no network `bridge` (`--bridge none`). */
  readonly defaultBridge?: DefaultBridge | undefined;
  /** Where subnets are taken from; a family without any has the default ones. */
  readonly subnetPools?: readonly SubnetPool[];
  /** Names the engine: its unique local IPv6 addresses are made of it. */
  readonly engineId?: string;
  /** Of bridge networks that users make; a request's come over them. */
  readonly defaultOptions?: Readonly<Record<string, string>>;
  /** Callers from outside come to published ports only by the host's `input`. */
  readonly obeysInput?: boolean;
  /** The host's network; that of the process if absent. */
  readonly host?: NetworkHost;
  /** Where the resolver is; absent: names are not answered. */
  readonly resolver?: ResolverPlace;
}

/** The networks of one data root; has no effect before ensureDefaults(). */
export function createNetworks(parts: NetworksParts): Networks {
  return new HostNetworks(parts);
}

class HostNetworks implements Networks {
  readonly #events: Pick<Events, 'publish'>;
  readonly #log: Log;
  readonly #host: NetworkHost;
  readonly #directory: NetworkDirectory;
  readonly #ports: HostPorts;
  readonly #pruning = new SingleRun(pruneRefusal);
  readonly #sandboxes = new Map<string, LiveSandbox>();
  #watches: DisposableStack | undefined;
  readonly #names: NameService;

  constructor(parts: NetworksParts) {
    const { metadata, events, log, defaultBridge, obeysInput = false } = parts;
    const { host = openNetworkHost({ obeysInput }) } = parts;
    const { subnetPools = [], defaultOptions = {}, engineId = '' } = parts;
    this.#events = events;
    this.#log = log;
    this.#host = host;
    this.#directory = new NetworkDirectory({
      metadata,
      host,
      log,
      defaultBridge,
      subnetPools,
      defaultOptions,
      engineId,
      hostDevicesOf: ({ id }) => this.#hostDevicesOf(id),
    });
    this.#names = createNameService(parts.resolver, { log, networkOf: (id) => this.#directory.inspect(id) });
    this.#ports = new HostPorts((port) => host.probePort(port), { ipv6: host.ipv6 });
  }

  async ensureDefaults(): Promise<void> {
    await this.#directory.ensure();
  }

  async restore(records: readonly SandboxRecord[]): Promise<ReadonlyMap<string, Sandbox>> {
    for (const record of records) this.#restoreOne(record);
    for (const bridge of this.#directory.bridges()) this.#takeUp(bridge);
    this.#watches ??= this.#watchHost();
    return new Map(this.#sandboxes);
  }

  link(containerId: string, targets: readonly LinkTarget[]): void {
    const from = this.#sandboxes.get(containerId);
    if (from === undefined) return;
    const others = targets.flatMap(({ containerId: id, ports }) => {
      const to = this.#sandboxes.get(id);
      return to === undefined ? [] : [{ to, ports }];
    });
    for (const { record, rules } of this.#directory.bridges()) {
      if (record.bridge.interContainer) continue;
      rules.setPassages(
        containerId,
        others.flatMap(({ to, ports }) => passagesBetween(from, to, { network: record.name, ports })),
      );
    }
  }

  list(filter: Filter = {}): readonly NetworkRecord[] {
    const passes = compileNetworkFilter(filter, ({ id }) => this.attached(id).length > 0);
    return this.#directory.list().filter(passes);
  }

  inspect(nameOrId: string): NetworkRecord {
    return this.#directory.inspect(nameOrId);
  }

  attached(networkId: string): readonly AttachedContainer[] {
    return [...this.#sandboxes.values()].flatMap(({ containerId, containerName, endpoints }) =>
      Object.values(endpoints)
        .filter((endpoint) => endpoint.networkId === networkId)
        .map((endpoint) => ({ containerId, containerName, endpoint })),
    );
  }

  usage(networkId: string): ReadonlyMap<string, PoolUsage> {
    return this.#directory.usage(this.#directory.inspect(networkId));
  }

  async create(request: CreateNetworkRequest): Promise<NetworkRecord> {
    const record = await this.#directory.create(request);
    this.#publishFact(record, 'create');
    return record;
  }

  async remove(nameOrId: string): Promise<NetworkRecord> {
    const record = this.#directory.inspect(nameOrId);
    refusePredefined(record);
    const users = this.attached(record.id).map(
      ({ containerName, endpoint }) => `name:"${containerName}" id:"${endpoint.endpointId.slice(0, 12)}"`,
    );
    if (users.length > 0) {
      const text = `network ${record.name} has active endpoints (${users.join(', ')})`;
      throw new EngineError('forbidden', `error while removing network: ${text}`);
    }
    await this.#directory.remove(record);
    this.#publishFact(record, 'destroy');
    return record;
  }

  prune(filter: Filter = {}): Promise<string[]> {
    return this.#pruning.run(() => this.#prune(filter));
  }

  checkWish(wish: EndpointRequest): void {
    checkWish(wish, this.#directory.inspect(wish.network));
  }

  async join(request: JoinRequest): Promise<Sandbox> {
    const sandbox = joinNetworks(request, this.#supportOf(request));
    this.#sandboxes.set(sandbox.containerId, sandbox);
    this.#publishMembership(sandbox, 'connect');
    return sandbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watches?.dispose();
    await this.#names[Symbol.asyncDispose]();
  }

  async removeDevices({ endpoints }: SandboxRecord): Promise<void> {
    const names = Object.values(endpoints).map(({ hostDevice }) => hostDevice);
    await Promise.all(names.filter((name) => name !== '').map((name) => this.#host.removeDevice(name)));
  }

  async destroy(): Promise<void> {
    await this.#directory.stop();
  }

  #watchHost(): DisposableStack {
    const watches = new DisposableStack();
    watches.use(this.#host.watchTables((lost) => healRules(this.#directory.bridges(), lost, this.#log)));
    watches.use(this.#host.watchRoutes((routes) => this.#tellClashes(routes)));
    return watches;
  }

  /** Nobody can be moved out of the way while containers run: the administrator is told. */
  #tellClashes(routes: readonly RouteEntry[]): void {
    for (const { network, route } of findClashes(routes, [...this.#directory.bridges()])) {
      this.#log.warn('a route of the host leads to addresses of a network', { network, route });
    }
  }

  async #prune(filter: Filter): Promise<string[]> {
    const passes = compilePruneFilter(filter, ['label', 'label!', 'until']);
    const unused = this.list({ dangling: ['true'] }).filter((record) => !record.configOnly && passes(record));
    const removed = await Promise.all(unused.map((record) => this.#removeIfPossible(record)));
    this.#events.publish({ type: 'network', action: 'prune', id: '', attributes: { reclaimed: '0' } });
    return removed.flatMap((done, place) => (done ? [unused[place]?.name ?? ''] : []));
  }

  /** A network that can't go must not keep the others. */
  async #removeIfPossible({ id, name }: NetworkRecord): Promise<boolean> {
    try {
      await this.remove(id);
      return true;
    } catch (error) {
      this.#log.warn('a network was not pruned', { network: name, error: errorMessage(error) });
      return false;
    }
  }

  #hostDevicesOf(networkId: string): string[] {
    return this.attached(networkId).flatMap(({ endpoint }) => endpoint.hostDevice || []);
  }

  /** Puts live containers' devices on a bridge and their ports into its rules. */
  #takeUp(bridge: BridgeNetwork): void {
    const { id, name } = bridge.record;
    const sandboxes = [...this.#sandboxes.values()].filter((sandbox) => sandbox.isPublishedBy(bridge.record));
    try {
      bridge.adopt(this.#hostDevicesOf(id));
      bridge.rules.reset(sandboxes.flatMap((sandbox) => sandbox.publications()));
    } catch (error) {
      if (isPredefined(name)) throw error;
      this.#log.error('a network is down', { network: name, error: errorMessage(error) });
    }
  }

  #restoreOne(record: SandboxRecord): void {
    const { containerId } = record;
    try {
      this.#sandboxes.set(containerId, restoreSandbox(record, this.#supportOf(record)));
    } catch (error) {
      this.#log.warn('a running container has lost its network', { containerId, error: errorMessage(error) });
    }
  }

  #supportOf({ containerId }: Pick<SandboxRecord, 'containerId'>): SandboxSupport {
    return {
      directory: this.#directory,
      host: this.#host,
      hostPorts: this.#ports,
      names: this.#names,
      tell: (action, network) => this.#publishFact(network, action, { container: containerId }),
      onRelease: () => this.#released(containerId),
    };
  }

  #released(containerId: string): void {
    const sandbox = this.#sandboxes.get(containerId);
    if (sandbox === undefined) return;
    this.#sandboxes.delete(containerId);
    for (const { rules } of this.#directory.bridges()) rules.setPassages(containerId, []);
    this.#publishMembership(sandbox, 'disconnect');
  }

  #publishMembership(sandbox: LiveSandbox, action: NetworkAction): void {
    for (const network of sandbox.networks) {
      this.#publishFact(network, action, { container: sandbox.containerId });
    }
  }

  #publishFact(record: NetworkRecord, action: NetworkAction, attributes: Record<string, string> = {}): void {
    const { id, name, driver } = record;
    this.#events.publish({ type: 'network', action, id, attributes: { ...attributes, name, type: driver } });
  }
}
