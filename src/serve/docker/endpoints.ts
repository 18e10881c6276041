import { type ApiVersion, type EndpointSettings, type LegacyNetworkSettings, sinceMinor } from '#api';
import { type ContainerRecord, networkWishes } from '#engine/containers';
import { type EndpointState, namesOn } from '#engine/networks';

type Endpoints = Readonly<Record<string, EndpointState>>;

/** A container's networks by name: what was asked for each, and what was given. */
export function encodeEndpoints(
  record: ContainerRecord,
  endpoints: Endpoints,
  version: ApiVersion,
): Readonly<Record<string, EndpointSettings>> {
  const entries = Object.entries(endpoints);
  return Object.fromEntries(
    entries.map(([name, state]) => [name, encodeEndpoint(record, name, state, version)]),
  );
}

function encodeEndpoint(
  record: ContainerRecord,
  network: string,
  state: EndpointState,
  version: ApiVersion,
): EndpointSettings {
  const asked = networkWishes(record)[network];
  const shortId = record.id.slice(0, 12);
  const aliases = asked?.Aliases ?? null;
  const hasNames = !['bridge', 'host', 'none'].includes(network);
  // Before 1.45 the short id was told as an alias; since then it is among the names only.
  const told = sinceMinor(version, 45) || !hasNames ? aliases : [...(aliases ?? []), shortId];
  const naming = { containerId: record.id, containerName: record.name, hostname: record.config.Hostname };
  const names = hasNames ? namesOn({ name: network }, { aliases: aliases ?? [] }, naming) : null;
  return {
    IPAMConfig: asked?.IPAMConfig ?? null,
    Links: asked?.Links ?? null,
    Aliases: told,
    MacAddress: state.macAddress,
    DriverOpts: asked?.DriverOpts ?? null,
    GwPriority: asked?.GwPriority ?? 0,
    NetworkID: state.networkId,
    EndpointID: state.endpointId,
    ...encodeAddresses(state),
    DNSNames: names,
  };
}

type AddressFields = Pick<
  EndpointSettings,
  'Gateway' | 'IPAddress' | 'IPPrefixLen' | 'IPv6Gateway' | 'GlobalIPv6Address' | 'GlobalIPv6PrefixLen'
>;

function encodeAddresses(state: EndpointState | undefined): AddressFields {
  const { ipv4, ipv6 } = state ?? {};
  return {
    Gateway: ipv4?.gateway ?? '',
    IPAddress: ipv4?.address ?? '',
    IPPrefixLen: ipv4?.prefixLength ?? 0,
    IPv6Gateway: ipv6?.gateway ?? '',
    GlobalIPv6Address: ipv6?.address ?? '',
    GlobalIPv6PrefixLen: ipv6?.prefixLength ?? 0,
  };
}

type LegacyFields = Omit<LegacyNetworkSettings, 'SandboxID' | 'SandboxKey' | 'Ports' | 'Networks'>;

/** The addresses on the network `bridge`, where clients below API 1.52 look for them. */
export function legacyNetworkFields(bridge: EndpointState | undefined): LegacyFields {
  return {
    Bridge: '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.endpointId ?? '',
    ...encodeAddresses(bridge),
    MacAddress: bridge?.macAddress ?? '',
  };
}
