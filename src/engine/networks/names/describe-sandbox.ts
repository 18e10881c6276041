import type { Link, NamedEndpoint, NamedSandbox } from '#resolver';
import type { EndpointState, SandboxRecord } from '../types.ts';
import { resolverAddress } from './name-rules.ts';
import type { NamedNetwork, NameWishes } from './types.ts';

/** What the resolver is told of a sandbox; `networkOf` knows every network by its id. */
export function describeSandbox(
  {
    containerId,
    containerName,
    endpoints,
  }: Pick<SandboxRecord, 'containerId' | 'containerName' | 'endpoints'>,
  wishes: NameWishes,
  networkOf: (id: string) => NamedNetwork,
): NamedSandbox {
  const places = Object.values(endpoints).map((endpoint) => ({
    endpoint,
    network: networkOf(endpoint.networkId),
  }));
  const owner = { containerId, containerName, hostname: wishes.hostname };
  return {
    containerId,
    endpoints: places.map(({ endpoint, network }) => describeEndpoint(endpoint, network, owner)),
    links: places.flatMap(({ endpoint }) => linksOf(endpoint)),
    forwards: places.some(({ network }) => !network.internal),
    // A resolver that asks itself comes to no end.
    servers: wishes.servers.filter((server) => server !== resolverAddress),
    hostAddresses:
      wishes.hostAddresses.length > 0 ? wishes.hostAddresses : gatewayOf(Object.values(endpoints)),
  };
}

interface Named {
  readonly containerId: string;
  readonly containerName: string;
  readonly hostname: string;
}

/** What a container is called on a network: nothing on the predefined ones, where only links name others. */
export function namesOn(
  network: Pick<NamedNetwork, 'name'>,
  { aliases }: Pick<EndpointState, 'aliases'>,
  { containerId, containerName, hostname }: Named,
): readonly string[] {
  if (network.name === 'bridge') return [];
  const names = [containerName, ...aliases, containerId.slice(0, 12), hostname];
  return [...new Set(names)].filter(Boolean);
}

function describeEndpoint(endpoint: EndpointState, network: NamedNetwork, owner: Named): NamedEndpoint {
  const { ipv4, ipv6 } = endpoint;
  return {
    networkId: network.id,
    networkName: network.name,
    names: namesOn(network, endpoint, owner),
    addresses: [ipv4, ipv6].flatMap((given) => given?.address ?? []),
  };
}

/** Written as `container:alias`. */
function linksOf({ networkId, links = [] }: EndpointState): Link[] {
  return links.map((link) => {
    const [target = '', alias = target] = link.split(':');
    return { networkId, target, alias };
  });
}

/**
 * What the host is to a container: the gateway of its first network that leads out, by IPv4 where there is one, as
 * most of what listens on a host does so there.
 */
export function gatewayOf(endpoints: readonly EndpointState[]): string[] {
  const gateways = (family: 'ipv4' | 'ipv6') =>
    endpoints.flatMap((endpoint) => endpoint[family]?.gateway || []);
  return [...gateways('ipv4'), ...gateways('ipv6')].slice(0, 1);
}
