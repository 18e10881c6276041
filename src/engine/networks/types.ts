import type { Filter } from '#base';
import type { LaunchNetwork, Listen } from '#runtime';
import type { ParentSettings } from './drivers/parent-options.ts';
import type { AddressFamily } from './ipam/address.ts';
import type { PoolUsage } from './ipam/address-pool.ts';
import type { NameWishes } from './names/types.ts';
import type { Readiness } from './publishing/publisher.ts';
import type { RateLimits } from './sandbox/rates.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** A port of a container, as `80/tcp`. */
export interface ContainerPort {
  readonly port: number;
  readonly protocol: Protocol;
}

/** What the user asked for one container port: an empty address is any, port 0 any free one. */
export interface PortRequest extends ContainerPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  /** Last port of a host range to choose one from; equal to hostPort for a fixed port. */
  readonly hostPortEnd: number;
  /** Containers of one group may share a place of the host: its connections are dealt out to them. */
  readonly group?: string | undefined;
}

/**
 * A container port that is reachable at an address and port of the host; port 0 means that it is reachable at the
 * container's own address instead, as in routed networks.
 */
export interface PublishedPort extends ContainerPort {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly group?: string | undefined;
}

export type NetworkDriver = 'bridge' | 'macvlan' | 'ipvlan' | 'host' | 'null';

export type NetworkOptions = Readonly<Record<string, string>>;

/** One network as it is stored. `host` and `none` have no pools, and nothing of a driver's. */
export interface NetworkRecord {
  readonly id: string;
  readonly name: string;
  readonly driver: NetworkDriver;
  readonly createdNs: bigint;
  /** Whether endpoints get an address of the family. */
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  /** No container leaves the network, and nothing from outside comes in. */
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Driver options in Docker's words (`com.docker.network.bridge.name` …). */
  readonly options: NetworkOptions;
  /** Options for address management: kept, of no effect. */
  readonly ipamOptions: Readonly<Record<string, string>> | null;
  /** It is only a configuration that other networks are made after: no endpoint can be on it. */
  readonly configOnly: boolean;
  /** Name of the configuration that it was made after; empty for none. */
  readonly configFrom: string;
  /** Where endpoints get their addresses, in the order of the request; of each family that it has at least one. */
  readonly pools: readonly IpamPool[];
  readonly bridge: BridgeSettings | undefined;
  /** Of macvlan and ipvlan networks. */
  readonly parent?: ParentSettings | undefined;
}

/** One subnet of a network, and what is held back in it. Addresses are canonical texts. */
export interface IpamPool {
  readonly family: AddressFamily;
  /** `172.17.0.0/16`. */
  readonly subnet: string;
  /** The host's address in it, by which endpoints leave the network; some drivers do without. */
  readonly gateway: string | undefined;
  /** That the gateway was chosen although the subnet was named: Docker's clients are not shown such a one. */
  readonly impliedGateway: boolean;
  /** Part of the subnet to take addresses from, when it is not all of it. */
  readonly range: string | undefined;
  /** That a user asked for just this subnet: fixed addresses can be had of such ones only. */
  readonly configured: boolean;
  /** Addresses of others on the network, by the names that the user gave them. */
  readonly auxiliary: Readonly<Record<string, string>>;
}

/**
 * How a bridge network reaches the outside in one family: `nat` hides containers behind the host's addresses;
 * `nat-unprotected` does too, but lets others reach every port of them; `routed` does without translation, ports are
 * open, not mapped; `isolated` (internal networks only) leaves the bridge without an address.
 */
export type GatewayMode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated';

export interface BridgeSettings {
  /** Name of the kernel's bridge device and of the network's nft table. */
  readonly device: string;
  readonly mtu: number;
  readonly masquerade: boolean;
  /** Whether containers of this network may talk to each other. */
  readonly interContainer: boolean;
  /** Address that ports are published at when the request names none. */
  readonly defaultBinding: string;
  readonly gatewayModes: { readonly ipv4: GatewayMode; readonly ipv6: GatewayMode };
  /** What containers' addresses become outside, in each family; undefined: the address of the device they leave by. */
  readonly sourceAddresses: { readonly ipv4: string | undefined; readonly ipv6: string | undefined };
  /** Devices of the host from which containers' own addresses may be reached. */
  readonly trustedInterfaces: readonly string[];
  /** What a container's device is called, before its number. */
  readonly interfacePrefix: string;
  /** The bridge gets no IPv4 address: the gateway is another device on it. */
  readonly withoutIpv4: boolean;
  /** The device was there before the network: it is never deleted. */
  readonly foreign?: boolean;
}

/** The record of a network that has a bridge. */
export type BridgeRecord = NetworkRecord & { readonly bridge: BridgeSettings };

export interface CreateNetworkRequest {
  readonly name: string;
  /** Empty means bridge. */
  readonly driver?: string;
  /** Absent: yes. */
  readonly ipv4?: boolean | undefined;
  /** Absent: as the daemon's settings and the pools say. */
  readonly ipv6?: boolean | undefined;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: NetworkOptions;
  /** Empty means default. */
  readonly ipamDriver?: string;
  readonly ipamOptions?: Readonly<Record<string, string>> | null;
  readonly pools?: readonly PoolRequest[];
  readonly configOnly?: boolean;
  /** Name of the network whose configuration it gets; empty for none. */
  readonly configFrom?: string;
}

/** A wish for one subnet; what is absent is chosen. */
export interface PoolRequest {
  readonly subnet?: string | undefined;
  readonly gateway?: string | undefined;
  readonly range?: string | undefined;
  readonly auxiliary?: Readonly<Record<string, string>> | undefined;
}

/** A wish for one endpoint; what is absent is chosen. */
export interface EndpointRequest {
  /** Name or id of the network. */
  readonly network: string;
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
  readonly macAddress?: string;
  readonly aliases?: readonly string[];
  /** Names that only this container knows others by there: `container:alias`. */
  readonly links?: readonly string[];
  /** The endpoint with the highest one gives the default routes; absent: 0. */
  readonly gatewayPriority?: number;
  readonly driverOptions?: Readonly<Record<string, string>>;
  /** Further addresses of the device, of 169.254/16 or fe80::/64. */
  readonly linkLocal?: readonly string[];
  /** Labels of the container, some of which limit its rates. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface JoinRequest {
  readonly containerId: string;
  readonly containerName: string;
  /** The networks to attach to, in the order of their devices; none, with `host`, at most itself. */
  readonly endpoints: readonly EndpointRequest[];
  readonly ports: readonly PortRequest[];
  /** Absent: it is answered by no resolver of ours. */
  readonly names?: NameWishes;
}

/** An endpoint's address of one family. */
export interface EndpointAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** Empty when no way leads out of the network. */
  readonly gateway: string;
}

/** A sandbox's attachment to one network. `host` and `none` give no addresses. */
export interface EndpointState {
  readonly networkId: string;
  readonly endpointId: string;
  readonly ipv4: EndpointAddress | undefined;
  readonly ipv6: EndpointAddress | undefined;
  readonly macAddress: string;
  readonly linkLocal: readonly string[];
  /** Name and index of the device in the container; empty for `host` and `none`. */
  readonly device: string;
  readonly index: number;
  /** Name of the host's end of the veth pair; empty where the device has none. */
  readonly hostDevice: string;
  readonly aliases: readonly string[];
  /** As in its request. */
  readonly links?: readonly string[];
  readonly gatewayPriority: number;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly rates?: RateLimits;
}

/** All that is needed to find a sandbox again after a restart of the daemon; plain JSON. */
export interface SandboxRecord {
  readonly containerId: string;
  readonly containerName: string;
  /** By the name of the network. */
  readonly endpoints: Readonly<Record<string, EndpointState>>;
  readonly ports: readonly PublishedPort[];
  /** As in its request; absent in records of an earlier version. */
  readonly names?: NameWishes | undefined;
}

/** A container's place in its networks: addresses and host ports are held from join() until release(). */
export interface Sandbox extends SandboxRecord {
  /** What makes the devices when the container starts; undefined when it has no namespace of its own to set up. */
  readonly launch: LaunchNetwork | undefined;
  /** Where the container's shim is to listen, with the ports as they are now. */
  readonly listens: readonly Listen[];
  /** Whether one of its networks can publish ports. */
  readonly publishes: boolean;
  /**
   * Holds further host ports; they are reachable when the shim listens at them and publish() was called.
   * @throws EngineError with Docker's text, also where no port can be published; nothing is held then
   */
  addPorts(wishes: readonly PortRequest[]): readonly PublishedPort[];
  /** Makes some of its ports unreachable and gives them back, but for the shim's sockets. */
  removePorts(ports: readonly PublishedPort[]): void;
  /** The container has another name from here on. */
  rename(name: string): Promise<void>;
  /**
   * Makes the published ports and the names reachable; idempotent. Called when the container runs. Ports that others
   * serve too bring it connections only when it is ready: as soon as they answer, or when it is admitted.
   */
  publish(readiness?: Readiness): Promise<void>;
  /** It is ready for its share of its groups' connections. */
  admit(): void;
  /** It gets none of them any more, where others do. */
  withdraw(): void;
  /**
   * Hands the ports that it shares over to the others of its group: waits for one that is on its way, then gives it no
   * further connections, has its shim's sockets closed, and waits for the connections that it has, all within the time.
   */
  drain(limitMs: number, closeSockets: () => Promise<void>): Promise<void>;
  /**
   * Takes addresses on a further network for a running container; nothing is seen of it before it is plugged in.
   * @throws EngineError
   */
  reserve(wish: EndpointRequest): Reservation;
  /**
   * Takes a running container out of a network, named so: its device goes, the default routes and the ports move on.
   * @returns whether the ports are elsewhere now, or none are left: the shim is to listen for those that there are, and
   * publish() to be called
   */
  unplug(network: string, netns: number): Promise<boolean>;
  /**
   * Has a running container send and receive as much as its networks and these labels let it.
   * @throws EngineError invalid, for what is no rate; nothing has changed then
   */
  limitRates(labels: Readonly<Record<string, string>>, netns: number): void;
  /** Removes the device of an endpoint that is none of its own any more, if it is there. */
  discard(endpoint: EndpointState, netns: number): Promise<void>;
  /** Takes back ports and addresses; idempotent. The devices die with the network namespace. */
  release(): Promise<void>;
  toRecord(): SandboxRecord;
}

/** Addresses that a running container is to get on a further network. */
export interface Reservation {
  readonly endpoint: EndpointState;
  /**
   * Makes the device in the container's network namespace (a descriptor of it); routes and ports move as in unplug().
   * @returns what unplug() returns
   * @throws SystemCallError; there is no device then
   */
  plug(netns: number): Promise<boolean>;
  /** Gives the addresses back, when it was not plugged in. */
  cancel(): void;
}

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
  /** Removes every device and rule, keeps the records: for a clean stop with no container running. */
  destroy(): Promise<void>;
}
