import type { ParentSettings } from '../drivers/parent-options.ts';
import type { AddressFamily } from '../ipam/address.ts';

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
