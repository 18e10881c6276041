import { EngineError } from '#base';
import type { Metadata } from '#store/metadata';
import { applyConfig } from './config-network.ts';
import { checkNewName, createRecord } from './create.ts';
import { type DefaultBridge, defaultBridgeRecord } from './default-bridge.ts';
import { BridgeNetwork, removeBridge } from './drivers/bridge-network.ts';
import { ParentNetwork } from './drivers/parent-network.ts';
import type { RunningNetwork } from './drivers/types.ts';
import { type AddressFamily, parseSubnet, type Subnet } from './ipam/address.ts';
import { chooseSubnet, completePools, type SubnetPool } from './ipam/subnet-choice.ts';
import type { NetworkHost } from './network-host.ts';
import { NetworkTable } from './network-table.ts';
import { isPredefined, newNetwork } from './predefined.ts';
import type { CreateNetworkRequest, NetworkDriver, NetworkRecord } from './types.ts';

export interface DirectoryParts {
  readonly metadata: Metadata;
  readonly host: NetworkHost;
  /** Absent: there is no network `bridge`. */
  readonly defaultBridge: DefaultBridge | undefined;
  /** A family without any has the default ones. */
  readonly subnetPools: readonly SubnetPool[];
  /** Names the engine: its unique local IPv6 addresses are made of it. */
  readonly engineId: string;
  /** Of networks that users make; a request's come over them. */
  readonly defaultOptions: Readonly<Record<string, string>>;
  /** The host's devices of the containers on a network. */
  readonly hostDevicesOf: (network: NetworkRecord) => readonly string[];
}

/** All networks: their records, and the running bridge of each that has one. */
export class NetworkDirectory {
  readonly #table: NetworkTable;
  readonly #host: NetworkHost;
  readonly #defaultBridge: DefaultBridge | undefined;
  readonly #subnetPools: readonly SubnetPool[];
  readonly #defaultOptions: Readonly<Record<string, string>>;
  readonly #hostDevicesOf: DirectoryParts['hostDevicesOf'];
  readonly #records = new Map<string, NetworkRecord>();
  readonly #bridges = new Map<string, BridgeNetwork>();
  readonly #onParents = new Map<string, ParentNetwork>();

  constructor(parts: DirectoryParts) {
    this.#table = new NetworkTable(parts.metadata);
    this.#host = parts.host;
    this.#defaultBridge = parts.defaultBridge;
    this.#subnetPools = completePools(parts.subnetPools, parts.engineId);
    this.#defaultOptions = parts.defaultOptions;
    this.#hostDevicesOf = parts.hostDevicesOf;
    for (const record of this.#table.all()) this.#records.set(record.id, record);
  }

  /** Makes the predefined networks and brings every bridge up; idempotent. */
  ensure(): void {
    this.#ensureDefaultBridge();
    this.#ensureWithoutBridge('host', 'host');
    this.#ensureWithoutBridge('none', 'null');
    for (const record of this.#records.values()) this.#run(record);
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
    return this.#bridges.get(record.id);
  }

  /**
   * The network as its driver runs it; undefined when it gives containers no device.
   * @throws EngineError forbidden, for a network that is only a configuration
   */
  running(record: NetworkRecord): RunningNetwork | undefined {
    if (record.configOnly) {
      throw new EngineError('forbidden', 'cannot create endpoint on configuration-only network');
    }
    const bridge = this.bridgeOf(record);
    bridge?.heal(() => this.#hostDevicesOf(record));
    return bridge ?? this.#onParents.get(record.id);
  }

  bridges(): Iterable<BridgeNetwork> {
    return this.#bridges.values();
  }

  /** @throws EngineError conflict, when the name is taken, forbidden, when the bridge is, and what createRecord() throws */
  create(request: CreateNetworkRequest): NetworkRecord {
    checkNewName(request.name);
    if (this.#named(request.name) !== undefined) {
      throw new EngineError('conflict', `network with name ${request.name} already exists`);
    }
    const configured = request.configFrom ? applyConfig(request, this.#config(request.configFrom)) : request;
    const options = request.configOnly
      ? configured.options
      : { ...this.#defaultOptions, ...configured.options };
    const record = createRecord(
      { ...configured, ...(options && { options }) },
      {
        networks: subnetsOf(this.list()),
        routed: this.#host.usedSubnets(),
        pools: this.#subnetPools,
        ipv6: this.#host.offersIpv6,
        hasDevice: (name) => this.#host.findDevice(name) !== undefined,
      },
    );
    const { bridge } = record;
    if (bridge === undefined) return this.#startOnParent(record);
    const rival = this.list().find((other) => other.bridge?.device === bridge.device);
    if (rival !== undefined) throw sameBridge(record, rival, bridge.device);
    const foreign = this.#host.findBridge(bridge.device)?.ours === false;
    return this.#start({ ...record, bridge: { ...bridge, foreign } });
  }

  /** @throws EngineError forbidden, when the network is predefined, or a configuration that others were made after */
  remove(record: NetworkRecord): void {
    if (isPredefined(record.name)) {
      throw new EngineError('forbidden', `${record.name} is a pre-defined network and cannot be removed`);
    }
    if (record.configOnly && this.list().some(({ configFrom }) => configFrom === record.name)) {
      const text = `configuration network ${JSON.stringify(record.name)} is in use`;
      throw new EngineError('forbidden', `error while removing network: ${text}`);
    }
    this.#bridges.get(record.id)?.remove();
    this.#onParents.get(record.id)?.remove();
    this.#forget(record);
  }

  /** Takes down every device that the networks have made, and keeps the records. */
  stop(): void {
    for (const bridge of this.#bridges.values()) bridge.remove();
    this.#bridges.clear();
    for (const network of this.#onParents.values()) network.remove();
    this.#onParents.clear();
  }

  /** Stored first: what a crash leaves half made is completed by the next start. */
  #start(record: NetworkRecord): NetworkRecord {
    this.#store(record);
    try {
      this.#run(record)?.rules.reset([]);
    } catch (error) {
      if (record.bridge !== undefined) removeBridge(record.bridge, this.#host);
      this.#forget(record);
      throw error;
    }
    return record;
  }

  /** The same for a network whose containers are on a device of the host, or on none. */
  #startOnParent(record: NetworkRecord): NetworkRecord {
    const rival = this.list().find((other) => excludeEachOther(record, other));
    if (rival !== undefined) throw sameParent(record, rival);
    this.#store(record);
    try {
      this.#run(record);
      this.#onParents.get(record.id)?.ensure();
    } catch (error) {
      this.#forget(record);
      throw error;
    }
    return record;
  }

  #ensureDefaultBridge(): void {
    const wish = this.#defaultBridge;
    const stored = this.#named('bridge');
    if (stored?.bridge && stored.bridge.device !== wish?.device) removeBridge(stored.bridge, this.#host);
    if (wish === undefined) {
      if (stored) this.#forget(stored);
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

  #run(record: NetworkRecord): BridgeNetwork | undefined {
    const { bridge: settings, parent } = record;
    if (parent !== undefined)
      this.#onParents.set(record.id, new ParentNetwork({ ...record, parent }, this.#host));
    if (settings === undefined || this.#bridges.has(record.id)) return undefined;
    const bridge = new BridgeNetwork({ ...record, bridge: settings }, this.#host);
    this.#bridges.set(record.id, bridge);
    return bridge;
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

  #forget(record: NetworkRecord): void {
    this.#bridges.delete(record.id);
    this.#onParents.delete(record.id);
    this.#records.delete(record.id);
    this.#table.delete(record.id);
  }
}

/** Of the networks that are more than a configuration. */
function subnetsOf(records: readonly NetworkRecord[]): Subnet[] {
  return records.flatMap(({ configOnly, pools }) =>
    configOnly ? [] : pools.map(({ subnet }) => parseSubnet(subnet)),
  );
}

/** A device that one network's containers have to themselves serves no other network. */
function excludeEachOther({ parent: left }: NetworkRecord, { parent: right }: NetworkRecord): boolean {
  const isAlone = [left, right].some(
    (settings) => settings?.driver === 'macvlan' && settings.mode === 'passthru',
  );
  return left !== undefined && left.parent === right?.parent && (isAlone || left.driver !== right.driver);
}

function sameParent({ driver, parent }: NetworkRecord, rival: NetworkRecord): EngineError {
  const mode = parent?.mode ?? '';
  const text = `cannot use mode ${mode}, ${driver} network ${rival.id} is already using parent interface ${parent?.parent}`;
  return new EngineError('internal', text);
}

function sameBridge(record: NetworkRecord, rival: NetworkRecord, device: string): EngineError {
  return new EngineError(
    'forbidden',
    `cannot create network ${record.id} (${device}): conflicts with network ${rival.id} (${device}): networks have same bridge name`,
  );
}
