import type { EndpointSettings } from '#api';
import { decode, endpointSettings } from '#api';
import type { EndpointRequest } from '#engine/networks';
import type { ContainerRecord } from '../types.ts';

/** What is wished for in each network that a container is to be in, by its name; null: nothing in particular. */
export type NetworkWishes = Readonly<Record<string, EndpointSettings | null>>;

/**
 * The networks of a container: as connecting and disconnecting left them; else the one that the mode names comes
 * first, then the others of the request.
 */
export function networkWishes({ networks, config, hostConfig, request }: ContainerRecord): NetworkWishes {
  if (networks !== undefined) return networks;
  if (config.NetworkDisabled) return { none: null };
  const asked = Object.entries(request.NetworkingConfig?.EndpointsConfig ?? {});
  const mode = hostConfig.NetworkMode;
  const isMain = (name: string) => name === mode || (name === 'default' && mode === 'bridge');
  const main = asked.find(([name]) => isMain(name))?.[1] ?? null;
  const others = asked.filter(([name]) => !isMain(name));
  return { [mode]: withMac(main, config.MacAddress), ...Object.fromEntries(others) };
}

/** The same as the networks understand them. */
export function endpointRequests(record: ContainerRecord): EndpointRequest[] {
  const labels = record.config.Labels ?? {};
  return Object.entries(networkWishes(record)).map(([network, wish]) => ({
    ...endpointRequest(network, wish),
    labels,
  }));
}

/** What is wished for in one network, as the networks understand it. */
export function endpointRequest(network: string, wish: EndpointSettings | null): EndpointRequest {
  const { IPv4Address: ipv4Address, IPv6Address: ipv6Address, LinkLocalIPs } = wish?.IPAMConfig ?? {};
  return {
    network,
    ...(ipv4Address ? { ipv4Address } : {}),
    ...(ipv6Address ? { ipv6Address } : {}),
    ...(wish?.MacAddress ? { macAddress: wish.MacAddress } : {}),
    aliases: wish?.Aliases ?? [],
    links: wish?.Links ?? [],
    linkLocal: LinkLocalIPs ?? [],
    gatewayPriority: wish?.GwPriority ?? 0,
    driverOptions: wish?.DriverOpts ?? {},
  };
}

/** Clients of old wish for the main network's MAC address outside of it. */
function withMac(wish: EndpointSettings | null, macAddress = ''): EndpointSettings | null {
  if (macAddress === '' || wish?.MacAddress) return wish;
  return { ...(wish ?? decode(endpointSettings, {})), MacAddress: macAddress };
}
