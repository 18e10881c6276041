import type { Filter } from '#base';
import type { PoolUsage } from './ipam/address-pool.ts';
import type { EndpointRequest, EndpointState } from './types/endpoint.ts';
import type { CreateNetworkRequest, NetworkRecord } from './types/network.ts';
import type { ContainerPort } from './types/port.ts';
import type { JoinRequest, Sandbox, SandboxRecord } from './types/sandbox.ts';

export type { EndpointAddress, EndpointRequest, EndpointState } from './types/endpoint.ts';
export type {
  BridgeRecord,
  BridgeSettings,
  CreateNetworkRequest,
  GatewayMode,
  IpamPool,
  NetworkDriver,
  NetworkOptions,
  NetworkRecord,
  PoolRequest,
} from './types/network.ts';
export type { ContainerPort, PortRequest, Protocol, PublishedPort } from './types/port.ts';
export type { JoinRequest, Reservation, Sandbox, SandboxRecord } from './types/sandbox.ts';

/** A container as a network's `inspect` shows it. */
export interface AttachedContainer {
  readonly containerId: string;
  readonly containerName: string;
  readonly endpoint: EndpointState;
}

/** A container that another one links to, with the ports that it may call. */
export interface LinkTarget {
  readonly containerId: string;
  readonly ports: readonly ContainerPort[];
}

/** Disposing lets the resolver go; containers keep their networks. */
export interface Networks extends AsyncDisposable {
  /** Makes the networks bridge, host and none and every bridge device; idempotent. First call of a daemon's life. */
  ensureDefaults(): Promise<void>;
  /**
   * Takes over the sandboxes of containers that are still alive and replaces each network's rules, in one
   * transaction, by the base rules and the ports of these. Second call of a daemon's life, also with no records.
   * @returns the sandboxes by container id
   */
  restore(records: readonly SandboxRecord[]): Promise<ReadonlyMap<string, Sandbox>>;
  /** Filter keys: dangling driver id label name scope type. @throws EngineError invalid, for an unknown one */
  list(filter?: Filter): readonly NetworkRecord[];
  /** By id, name, or unique start of the id. @throws EngineError notFound `network X not found` */
  inspect(nameOrId: string): NetworkRecord;
  attached(networkId: string): readonly AttachedContainer[];
  /**
   * Lets a container call others on networks that keep containers apart, in place of those that it was let call before,
   * until it is released. Who is not there is passed over.
   */
  link(containerId: string, targets: readonly LinkTarget[]): void;
  /** How full a network's pools are, by subnet; empty for a network that gives no addresses. */
  usage(networkId: string): ReadonlyMap<string, PoolUsage>;
  create(request: CreateNetworkRequest): Promise<NetworkRecord>;
  /** @throws EngineError forbidden, when the network is predefined or has endpoints */
  remove(nameOrId: string): Promise<NetworkRecord>;
  /**
   * Removes the user's networks that no live container is attached to, but for configurations and what can't go.
   * Filter keys: label label! until.
   * @returns their names. @throws EngineError conflict, while another prune runs
   */
  prune(filter?: Filter): Promise<string[]>;
  /** @throws EngineError notFound; invalid, for wishes that this network can't fulfil for anybody */
  checkWish(wish: EndpointRequest): void;
  /** @throws EngineError, when an address or a host port can't be had; nothing is held then */
  join(request: JoinRequest): Promise<Sandbox>;
  /** Removes the devices of a sandbox whose namespace others keep alive; those that are gone are no error. */
  removeDevices(record: SandboxRecord): Promise<void>;
  /** Removes every device and rule, keeps the records: for a clean stop with no container running. */
  destroy(): Promise<void>;
}
