/**
 * engine/networks: networks, address pools, published ports, and a container's place in them (its sandbox).
 *
 * Life cycle: ensureDefaults(), then restore() with the sandboxes of containers that outlived the last daemon,
 * then join() for each start: it holds addresses and ports and plans, as pure messages, the devices that the
 * shim and the container's init make. publish() opens the ports, release() gives everything back.
 *
 * A container that runs is plugged into further networks (reserve()) and out of some (unplug()) in its namespace,
 * which the caller opens. Its devices die with the namespace.
 *
 * It keeps no record of sandboxes: the container's record holds them, and what of a change is half done.
 */

export type { DefaultBridge } from './default-bridge.ts';
export { addressBytes } from './ipam/address.ts';
export type { PoolUsage } from './ipam/address-pool.ts';
export type { SubnetPool } from './ipam/subnet-choice.ts';
export { gatewayOf, namesOn } from './names/describe-sandbox.ts';
export { editHosts, type HostsEdit } from './names/edit-hosts.ts';
export { extraHostLines, type HostsFileRequest, hostsFile, ownNames } from './names/hosts-file.ts';
export { type ResolverScope, type ResolverWishes, resolvConf, resolverScopes } from './names/resolv-conf.ts';
export type { ResolverPlace } from './names/resolver-process.ts';
export type { NameWishes } from './names/types.ts';
export { type NetworkHost, openNetworkHost } from './network-host.ts';
export { createNetworks, type NetworksParts } from './networks.ts';
export { hostPortInUse } from './ports/port-failure.ts';
export { type PortWishes, parseContainerPort, portRequests } from './ports/port-requests.ts';
export { probeBridge, probeFirewall, probeVeth } from './probe.ts';
export { describeEndpointProblems, endpointProblems } from './sandbox/check-wish.ts';
export type {
  AttachedContainer,
  BridgeRecord,
  BridgeSettings,
  ContainerPort,
  CreateNetworkRequest,
  EndpointAddress,
  EndpointRequest,
  EndpointState,
  GatewayMode,
  IpamPool,
  JoinRequest,
  NetworkDriver,
  NetworkRecord,
  Networks,
  PoolRequest,
  PortRequest,
  Protocol,
  PublishedPort,
  Reservation,
  Sandbox,
  SandboxRecord,
} from './types.ts';
