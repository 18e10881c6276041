import type {
  EndpointResource,
  Ipam,
  IpamConfig,
  NetworkInspect,
  NetworkStatus,
  NetworkSummary,
  SubnetStatus,
} from '#api';
import { formatTimestamp } from '#base';
import type {
  AttachedContainer,
  EndpointAddress,
  IpamPool,
  NetworkRecord,
  PoolUsage,
} from '#engine/networks';
import { exactInteger } from './exact-integer.ts';

/** The scope of every network here: there is no cluster. */
export const localScope = 'local';

/** A network with the containers that are told of. */
export function encodeNetworkInspect(
  record: NetworkRecord,
  attached: readonly AttachedContainer[],
): NetworkInspect {
  const containers = attached.map(
    ({ containerId, containerName, endpoint }): readonly [string, EndpointResource] => [
      containerId,
      {
        Name: containerName,
        EndpointID: endpoint.endpointId,
        MacAddress: endpoint.macAddress,
        IPv4Address: withPrefix(endpoint.ipv4),
        IPv6Address: withPrefix(endpoint.ipv6),
      },
    ],
  );
  const { Options, Labels, ...network } = encodeNetwork(record);
  return { ...network, Containers: Object.fromEntries(containers), Options, Labels };
}

/** How full a network is; nothing for one that gives no addresses. */
export function encodeNetworkStatus(usage: ReadonlyMap<string, PoolUsage>): {
  readonly Status?: NetworkStatus;
} {
  if (usage.size === 0) return {};
  const subnets = [...usage].map(([subnet, { inUse, available }]): readonly [string, SubnetStatus] => [
    subnet,
    { IPsInUse: exactInteger(inUse), DynamicIPsAvailable: exactInteger(available) },
  ]);
  return { Status: { IPAM: { Subnets: Object.fromEntries(subnets) } } };
}

function encodeNetwork(record: NetworkRecord): NetworkSummary {
  return {
    Name: record.name,
    Id: record.id,
    Created: formatTimestamp(record.createdNs),
    Scope: localScope,
    Driver: record.driver,
    EnableIPv4: record.ipv4,
    EnableIPv6: record.ipv6,
    IPAM: encodeIpam(record),
    Internal: record.internal,
    Attachable: record.attachable,
    Ingress: false,
    ConfigFrom: { Network: record.configFrom },
    ConfigOnly: record.configOnly,
    Options: record.options,
    Labels: record.labels,
  };
}

function encodeIpam({ ipamOptions, pools }: NetworkRecord): Ipam {
  return {
    Driver: 'default',
    Options: ipamOptions,
    Config: pools.length === 0 ? null : pools.map(encodePool),
  };
}

function encodePool({ subnet, range, gateway, impliedGateway, auxiliary }: IpamPool): IpamConfig {
  return {
    Subnet: subnet,
    ...(range !== undefined && { IPRange: range }),
    ...(gateway !== undefined && !impliedGateway && { Gateway: gateway }),
    ...(Object.keys(auxiliary).length > 0 && { AuxiliaryAddresses: auxiliary }),
  };
}

function withPrefix(given: EndpointAddress | undefined): string {
  return given === undefined ? '' : `${given.address}/${given.prefixLength}`;
}
