import { EngineError, errorMessage, type Log } from '#base';
import type { Metadata } from '#store/metadata';
import { applyConfig } from './config-network.ts';
import { checkNewName, createRecord } from './create.ts';
import { type DefaultBridge, defaultBridgeRecord } from './default-bridge.ts';
import { type BridgeNetwork, removeBridge } from './drivers/bridge-network.ts';
import type { RunningNetwork } from './drivers/types.ts';
import { type AddressFamily, parseSubnet, type Subnet } from './ipam/address.ts';
import type { PoolUsage } from './ipam/address-pool.ts';
import { chooseSubnet, completePools, type SubnetPool } from './ipam/subnet-choice.ts';
import type { NetworkHost } from './network-host.ts';
import { NetworkTable } from './network-table.ts';
import { isPredefined, newNetwork } from './predefined.ts';
import { refuseRivals } from './rivals.ts';
import { RunningNetworks } from './running-networks.ts';
import type { BridgeSettings, CreateNetworkRequest, NetworkDriver, NetworkRecord } from './types.ts';

export interface DirectoryParts {
  readonly metadata: Metadata;
  readonly host: NetworkHost;
  readonly log: Log;
  /** Absent: there is no network `bridge`. */
  readonly defaultBridge: DefaultBridge | undefined;
  /** A family without any has the default ones. */
  readonly subnetPools: readonly SubnetPool[];
  /** Names the engine: its unique local IPv6 addresses are made of it. */
  readonly engineId: string;
  /** Of bridge networks that users make; a request's come over them. */
  readonly defaultOptions: Readonly<Record<string, string>>;
  /** The host's devices of the containers on a network. */
  readonly hostDevicesOf: (network: NetworkRecord) => readonly string[];
}

/** All networks: their records, and each as it runs. */
export class NetworkDirectory {
  readonly #table: NetworkTable;
  readonly #host: NetworkHost;
  readonly #log: Log;
  readonly #defaultBridge: DefaultBridge | undefined;
  readonly #subnetPools: readonly SubnetPool[];
  readonly #defaultOptions: Readonly<Record<string, string>>;
  readonly #hostDevicesOf: DirectoryParts['hostDevicesOf'];
  readonly #records = new Map<string, NetworkRecord>();
  readonly #running: RunningNetworks;
  /** By the name of a network that is being removed. */
  readonly #leaving = new Map<string, Promise<void>>();

  constructor(parts: DirectoryParts) {
    this.#table = new NetworkTable(parts.metadata);
    this.#host = parts.host;
    this.#log = parts.log;
    this.#running = new RunningNetworks(parts.host);
    this.#defaultBridge = parts.defaultBridge;
    this.#subnetPools = completePools(parts.subnetPools, parts.engineId);
    this.#defaultOptions = parts.defaultOptions;
    this.#hostDevicesOf = parts.hostDevicesOf;
    for (const record of this.#table.all()) this.#records.set(record.id, record);
  }

  /** Makes the predefined networks and brings every one up; idempotent. One of the user's that can't be is told. */
  async ensure(): Promise<void> {
    await this.#ensureDefaultBridge();
    this.#ensureWithoutBridge('host', 'host');
    this.#ensureWithoutBridge('none', 'null');
    for (const record of this.#records.values()) this.#runIfPossible(record);
  }

  list(): NetworkRecord[] {
    return [...this.#records.values()];
  }

  /** By id, name, or unique start of the id. @throws EngineError */
  inspect(nameOrId: string): NetworkRecord {
    const exact = this.#records.get(nameOrId) ?? this.#named(nameOrId);
    if (exact !== undefined) return exact;
    const matches = nameOrId === '' ? [] : this.list().filter(({ id }) => id.startsWith(nameOrId));
    if (matches.length > 1) {
      throw new EngineError(
        'invalid',
        `network ${nameOrId} is ambiguous (${matches.length} matches found on ID prefix)`,
      );
    }
    if (matches[0] === undefined) throw new EngineError('notFound', `network ${nameOrId} not found`);
    return matches[0];
  }

  bridgeOf(record: NetworkRecord): BridgeNetwork | undefined {
    return this.#running.bridgeOf(record);
  }

  bridges(): Iterable<BridgeNetwork> {
    return this.#running.bridges();
  }

  /**
   * The network as its driver runs it, made again where somebody has taken it away; undefined when it gives containers
   * no device.
   * @throws EngineError forbidden, for a network that is only a configuration; when it can't be brought up
   */
  running(record: NetworkRecord): RunningNetwork | undefined {
    if (record.configOnly) {
      throw new EngineError('forbidden', 'cannot create endpoint on configuration-only network');
    }
    if (this.#running.get(record) === undefined) this.#bringUp(record);
    this.bridgeOf(record)?.heal(() => this.#hostDevicesOf(record));
    return this.#running.get(record);
  }

  /** How full a network's pools are, by subnet. */
  usage(record: NetworkRecord): ReadonlyMap<string, PoolUsage> {
    return this.#running.get(record)?.addresses.usage() ?? new Map();
  }

  /** @throws EngineError conflict, when the name is taken, forbidden, when the bridge is, and what createRecord() throws */
  async create(request: CreateNetworkRequest): Promise<NetworkRecord> {
    await this.#leaving.get(request.name);
    checkNewName(request.name);
    if (this.#named(request.name) !== undefined) {
      throw new EngineError('conflict', `network with name ${request.name} already exists`);
    }
    const record = createRecord(this.#complete(request), {
      networks: subnetsOf(this.list()),
      routed: this.#host.usedSubnets(),
      pools: this.#subnetPools,
      ipv6: this.#host.offersIpv6,
      hasDevice: (name) => this.#host.findDevice(name) !== undefined,
      parents: this.list().flatMap(({ parent }) => parent ?? []),
    });
    refuseRivals(record, this.list());
    if (record.ipv6 && !this.#host.ipv6) throw new EngineError('invalid', 'IPv6 is off in this kernel');
    return this.#start(record.bridge ? { ...record, bridge: this.#adopted(record.bridge) } : record);
  }

  /**
   * From the call on the network is none of them.
   * @throws EngineError forbidden, for a configuration that others were made after
   */
  async remove(record: NetworkRecord): Promise<void> {
    if (record.configOnly && this.list().some(({ configFrom }) => configFrom === record.name)) {
      const text = `configuration network ${JSON.stringify(record.name)} is in use`;
      throw new EngineError('forbidden', `error while removing network: ${text}`);
    }
    const leaving = this.#remove(record);
    this.#leaving.set(
      record.name,
      leaving.catch(() => undefined).finally(() => this.#leaving.delete(record.name)),
    );
    await leaving;
  }

  /** Takes down every device that the networks have made, and keeps the records. */
  stop(): Promise<void> {
    return this.#running.clear();
  }

  /** The row goes last: what a crash leaves of the network is a whole one at the next start. */
  async #remove(record: NetworkRecord): Promise<void> {
    this.#records.delete(record.id);
    try {
      await this.#running.remove(record);
    } catch (error) {
      this.#records.set(record.id, record);
      throw error;
    }
    this.#table.delete(record.id);
  }

  /** Stored first: what a crash leaves half made is completed by the next start. */
  async #start(record: NetworkRecord): Promise<NetworkRecord> {
    this.#store(record);
    try {
      this.#bringUp(record);
    } catch (error) {
      await this.#abandon(record);
      throw error;
    }
    return record;
  }

  /** Takes away what there is of a network that could not be brought up. */
  async #abandon(record: NetworkRecord): Promise<void> {
    const { bridge } = record;
    await Promise.allSettled([this.#running.remove(record), bridge && removeBridge(bridge, this.#host)]);
    this.#records.delete(record.id);
    this.#table.delete(record.id);
  }

  #bringUp(record: NetworkRecord): void {
    this.#running.run(record)?.open();
  }

  #runIfPossible(record: NetworkRecord): void {
    try {
      this.#running.run(record);
    } catch (error) {
      if (isPredefined(record.name)) throw error;
      this.#log.warn('a network is down', { network: record.name, error: errorMessage(error) });
    }
  }

  /** The request with what a configuration network and the daemon's settings add to it. */
  #complete(request: CreateNetworkRequest): CreateNetworkRequest {
    const { configFrom = '' } = request;
    const complete = configFrom === '' ? request : applyConfig(request, (name) => this.#config(name));
    const isBridge = (request.driver || 'bridge') === 'bridge';
    if (request.configOnly || !isBridge) return complete;
    return { ...complete, options: { ...this.#defaultOptions, ...complete.options } };
  }

  /** A bridge that is there already under a name that the user gave is somebody else's, unless we have lost it. */
  #adopted(bridge: BridgeSettings): BridgeSettings {
    return { ...bridge, foreign: this.#host.findBridge(bridge.device)?.ours === false };
  }

  async #ensureDefaultBridge(): Promise<void> {
    const wish = this.#defaultBridge;
    const stored = this.#named('bridge');
    if (stored?.bridge && stored.bridge.device !== wish?.device) {
      await removeBridge(stored.bridge, this.#host);
    }
    if (wish === undefined) {
      if (stored) await this.#remove(stored);
      return;
    }
    const found = this.#host.findBridge(wish.device);
    const known = {
      stored,
      found: found?.addresses ?? [],
      foreign: found?.ours === false,
      choose: (family: AddressFamily) => this.#freeSubnet(family, wish.device),
    };
    this.#store(defaultBridgeRecord(wish, known));
  }

  #ensureWithoutBridge(name: string, driver: NetworkDriver): void {
    if (this.#named(name) === undefined) this.#store(newNetwork(name, driver));
  }

  #freeSubnet(family: AddressFamily, exceptDevice: string): Subnet {
    const others = this.list().filter(({ bridge }) => bridge?.device !== exceptDevice);
    const taken = [...subnetsOf(others), ...this.#host.usedSubnets(exceptDevice)];
    return chooseSubnet(family, taken, this.#subnetPools);
  }

  #config(name: string): NetworkRecord {
    const record = this.#named(name);
    if (record?.configOnly) return record;
    throw new EngineError('notFound', `configuration network ${JSON.stringify(name)} does not exist`);
  }

  #named(name: string): NetworkRecord | undefined {
    return this.list().find((record) => record.name === name);
  }

  #store(record: NetworkRecord): void {
    this.#table.put(record);
    this.#records.set(record.id, record);
  }
}

/** Of the networks that are more than a configuration. */
function subnetsOf(records: readonly NetworkRecord[]): Subnet[] {
  return records.flatMap(({ configOnly, pools }) =>
    configOnly ? [] : pools.map(({ subnet }) => parseSubnet(subnet)),
  );
}
