import {
  decodeFilters,
  type EndpointResource,
  type IpamConfig,
  type NetworkCreateRequest,
  type NetworkCreateResponse,
  type NetworkInspect,
  type NetworkSummary,
  networkConnectRequest,
  networkCreateRequest,
  networkDisconnectRequest,
  sinceMinor,
} from '#api';
import { formatTimestamp } from '#base';
import type {
  AttachedContainer,
  CreateNetworkRequest,
  EndpointAddress,
  IpamPool,
  NetworkRecord,
} from '#engine/networks';
import { readJson, readRequiredJson, sendJson, sendNothing } from './answers.ts';
import { idOf } from './containers.ts';
import type { DockerApiParts, Handlers } from './types.ts';

type NetworkOperation =
  | 'networkList'
  | 'networkCreate'
  | 'networkInspect'
  | 'networkConnect'
  | 'networkDisconnect'
  | 'networkRemove';

export function networkHandlers({ networks, containers }: DockerApiParts): Handlers<NetworkOperation> {
  return {
    async networkList(call) {
      const records = networks.list(decodeFilters(call.request.query));
      // The list told who is in each network until 1.28; since then the field is there, and empty.
      const tells = !sinceMinor(call.version, 28);
      const rows = records.map((record) => encodeInspect(record, tells ? networks.attached(record.id) : []));
      sendJson(call, 200, rows);
    },
    async networkCreate(call) {
      const record = await networks.create(decodeCreate(await readRequiredJson(call, networkCreateRequest)));
      sendJson(call, 201, { Id: record.id, Warning: '' } satisfies NetworkCreateResponse);
    },
    async networkInspect(call) {
      const record = networks.inspect(idOf(call));
      sendJson(call, 200, encodeInspect(record, networks.attached(record.id)));
    },
    async networkConnect(call) {
      const { Container, EndpointConfig } = await readJson(call, networkConnectRequest);
      await containers.connectNetwork(Container, idOf(call), EndpointConfig);
      sendNothing(call, 200);
    },
    async networkDisconnect(call) {
      const { Container } = await readJson(call, networkDisconnectRequest);
      await containers.disconnectNetwork(Container, idOf(call));
      sendNothing(call, 200);
    },
    async networkRemove(call) {
      await networks.remove(idOf(call));
      sendNothing(call);
    },
  };
}

function decodeCreate(request: NetworkCreateRequest): CreateNetworkRequest {
  return {
    name: request.Name,
    driver: request.Driver,
    internal: request.Internal,
    attachable: request.Attachable,
    labels: request.Labels ?? {},
    options: request.Options ?? {},
    ipv4: request.EnableIPv4,
    ipv6: request.EnableIPv6,
    pools: (request.IPAM?.Config ?? []).map((pool) => ({
      subnet: pool.Subnet || undefined,
      gateway: pool.Gateway || undefined,
      range: pool.IPRange || undefined,
      auxiliary: pool.AuxiliaryAddresses ?? {},
    })),
  };
}

function encodeNetwork(record: NetworkRecord): NetworkSummary {
  return {
    Name: record.name,
    Id: record.id,
    Created: formatTimestamp(record.createdNs),
    Scope: 'local',
    Driver: record.driver,
    EnableIPv4: record.ipv4,
    EnableIPv6: record.ipv6,
    IPAM: { Driver: 'default', Options: null, Config: record.bridge ? record.pools.map(encodePool) : null },
    Internal: record.internal,
    Attachable: record.attachable,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Options: record.options,
    Labels: record.labels,
  };
}

function encodePool({ subnet, range, gateway, auxiliary }: IpamPool): IpamConfig {
  return {
    Subnet: subnet,
    ...(range !== undefined && { IPRange: range }),
    ...(gateway !== undefined && { Gateway: gateway }),
    ...(Object.keys(auxiliary).length > 0 && { AuxiliaryAddresses: auxiliary }),
  };
}

function encodeInspect(record: NetworkRecord, attached: readonly AttachedContainer[]): NetworkInspect {
  const containers = attached.map(({ containerId, containerName, endpoint }) => {
    const resource: EndpointResource = {
      Name: containerName,
      EndpointID: endpoint.endpointId,
      MacAddress: endpoint.macAddress,
      IPv4Address: withPrefix(endpoint.ipv4),
      IPv6Address: withPrefix(endpoint.ipv6),
    };
    return [containerId, resource] as const;
  });
  return { ...encodeNetwork(record), Containers: Object.fromEntries(containers) };
}

function withPrefix(given: EndpointAddress | undefined): string {
  return given === undefined ? '' : `${given.address}/${given.prefixLength}`;
}
