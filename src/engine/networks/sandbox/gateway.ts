import type { EndpointState } from '../types.ts';

type Family = 'ipv4' | 'ipv6';
type Endpoints = Readonly<Record<string, EndpointState>>;

/**
 * The endpoint that gives the default route of a family: of those whose network leads out, the one with the highest
 * priority, then the one whose network's name comes first.
 * @returns undefined, when no network leads out
 */
export function gatewayOf(family: Family, endpoints: Endpoints): EndpointState | undefined {
  const [first] = Object.entries(endpoints)
    .filter(([, endpoint]) => endpoint[family]?.gateway)
    .sort(([left, a], [right, b]) => b.gatewayPriority - a.gatewayPriority || (left < right ? -1 : 1));
  return first?.[1];
}

/** The name of the network that a container's ports are published by: the one that leads out. */
export function publishingNetwork(endpoints: Endpoints): string | undefined {
  const endpoint = gatewayOf('ipv4', endpoints) ?? gatewayOf('ipv6', endpoints);
  return Object.keys(endpoints).find((name) => endpoints[name] === endpoint);
}
