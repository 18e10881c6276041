import { type DecodedBy, flag, integer, list, map, nullable, omittable, struct, text } from './schema.ts';

const endpointIpamConfig = struct('EndpointIPAMConfig', {
  IPv4Address: omittable(text),
  IPv6Address: omittable(text),
  LinkLocalIPs: omittable(list(text)),
});

/** A container's attachment to one network: what was asked, and, in answers, what was given. */
export const endpointSettings = struct('EndpointSettings', {
  IPAMConfig: nullable(endpointIpamConfig),
  Links: list(text),
  Aliases: list(text),
  MacAddress: text,
  DriverOpts: map(text),
  GwPriority: integer,
  NetworkID: text,
  EndpointID: text,
  Gateway: text,
  IPAddress: text,
  IPPrefixLen: integer,
  IPv6Gateway: text,
  GlobalIPv6Address: text,
  GlobalIPv6PrefixLen: integer,
  DNSNames: list(text),
});
export type EndpointSettings = DecodedBy<typeof endpointSettings>;

export const networkingConfig = struct('NetworkingConfig', {
  EndpointsConfig: map<EndpointSettings | null>(nullable(endpointSettings)),
});
export type NetworkingConfig = DecodedBy<typeof networkingConfig>;

const ipamConfig = struct('IPAMConfig', {
  Subnet: omittable(text),
  IPRange: omittable(text),
  Gateway: omittable(text),
  AuxiliaryAddresses: omittable(map(text)),
});
export type IpamConfig = DecodedBy<typeof ipamConfig>;

export const ipam = struct('IPAM', { Driver: text, Options: map(text), Config: list(ipamConfig) });
export type Ipam = DecodedBy<typeof ipam>;

const configReference = struct('ConfigReference', { Network: text });

export const networkCreateRequest = struct('CreateRequest', {
  Name: text,
  /** Of old clients; a duplicate name always fails. */
  CheckDuplicate: omittable(flag),
  Driver: text,
  Scope: text,
  EnableIPv4: omittable(flag),
  EnableIPv6: omittable(flag),
  IPAM: nullable(ipam),
  Internal: flag,
  Attachable: flag,
  Ingress: flag,
  ConfigOnly: flag,
  ConfigFrom: nullable(configReference),
  Options: map(text),
  Labels: map(text),
});
export type NetworkCreateRequest = DecodedBy<typeof networkCreateRequest>;

export const networkConnectRequest = struct('ConnectRequest', {
  Container: text,
  EndpointConfig: nullable(endpointSettings),
});

export const networkDisconnectRequest = struct('DisconnectRequest', { Container: text, Force: flag });

export interface NetworkCreateResponse {
  readonly Id: string;
  readonly Warning: string;
}

export interface NetworkSummary {
  readonly Name: string;
  readonly Id: string;
  readonly Created: string;
  readonly Scope: string;
  readonly Driver: string;
  readonly EnableIPv4: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: Ipam;
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly ConfigFrom: { readonly Network: string };
  readonly ConfigOnly: boolean;
  readonly Options: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface EndpointResource {
  readonly Name: string;
  readonly EndpointID: string;
  readonly MacAddress: string;
  /** With the prefix length: `172.17.0.2/16`. */
  readonly IPv4Address: string;
  readonly IPv6Address: string;
}

export interface NetworkInspect extends NetworkSummary {
  /** By container id. */
  readonly Containers: Readonly<Record<string, EndpointResource>>;
  /** Since 1.52. */
  readonly Status?: NetworkStatus;
}

/** Numbers of up to 64 bits, each as an object that JSON writes in full. */
export interface SubnetStatus {
  readonly IPsInUse: object;
  readonly DynamicIPsAvailable: object;
}

export interface NetworkStatus {
  readonly IPAM: { readonly Subnets: Readonly<Record<string, SubnetStatus>> };
}

export interface NetworkPruneResponse {
  readonly NetworksDeleted: readonly string[] | null;
}
