import { existsSync } from 'node:fs';
import { errnoOf, unlessErrno } from '#base';
import {
  type Connection,
  decodeAddress,
  decodeLink,
  forgetConnection,
  listConnections,
  type NetlinkMessage,
  type NetlinkSocket,
  netlinkProtocol,
  nftables,
  openNetlink,
  type RouteEntry,
  readSysctl,
  removeLink,
  requestAside,
  route,
  sysctlPath,
  tryBind,
  tryDecodeRoute,
  watchRoutes,
  watchTables,
  writeSysctlInside,
} from '#linux';
import { deleteBridge, type ExistingBridge, ensureBridge, findBridge } from './drivers/bridge-device.ts';
import { type Inlet, inletNames, makeInlet } from './drivers/inlet.ts';
import { addressBytes, type Subnet } from './ipam/address.ts';
import { routedSubnets } from './ipam/routed-subnets.ts';
import type { BridgeRecord, NetworkRecord, PublishedPort } from './types.ts';

/** The host's network as this room changes and reads it: everything in the room that has an effect. */
export interface NetworkHost extends Disposable {
  readonly ipv6: boolean;
  /** Whether networks that do not say get IPv6: not on a host whose administrator turned it off. */
  readonly offersIpv6: boolean;
  /** Makes the bridge with its gateway addresses, or completes it; returns its index. */
  ensureBridge(network: BridgeRecord): number;
  /** Deletes a bridge; one that is not there is no error, a device of another kind is. */
  removeBridge(device: string): Promise<void>;
  /**
   * Sends messages about devices, addresses and routes: in the network namespace that a descriptor is of, if given.
   * @throws SystemCallError, for the first one that is refused
   */
  configure(messages: readonly NetlinkMessage[], netns?: number): void;
  /** All devices of the network namespace that a descriptor is of. */
  devicesInside(netns: number): readonly NamedDevice[];
  /** The index of a device of the host; undefined when there is none of that name. */
  findDevice(name: string): number | undefined;
  /** Deletes a device; one that is not there is no error. */
  removeDevice(name: string): Promise<void>;
  /** Sets a kernel parameter, by its path, in the network namespace that a descriptor is of. @throws SystemCallError */
  setParameter(path: string, value: string, netns: number): void;
  /** Deletes an nftables table; one that is not there is no error. */
  removeTable(table: nftables.Table): Promise<void>;
  /** Makes the inlet of a network, or finds it; undefined where the host's `input` has no say in who comes to containers. */
  ensureInlet(network: NetworkRecord): Inlet | undefined;
  /** Deletes it; that there is none is no error. */
  removeInlet(network: NetworkRecord): void;
  /** Applies nftables messages, all or none. */
  apply(messages: readonly NetlinkMessage[]): void;
  /** The host's own addresses, each of 4 or 16 bytes. */
  addresses(): Uint8Array[];
  /** What connection tracking knows. */
  connections(): Connection[];
  /** Makes connection tracking forget one; that it has is no error. */
  forgetConnection(connection: Connection): void;
  /**
   * Tells the tables of which others have deleted something, until it is disposed of; undefined when that may be any.
   * It does not keep the process alive.
   */
  watchTables(onLoss: (names: ReadonlySet<string> | undefined) => void): Disposable;
  /** Tells the routes that come, until it is disposed of. It does not keep the process alive. */
  watchRoutes(onRoutes: (routes: readonly RouteEntry[]) => void): Disposable;
  /** Subnets that the host has routes to, but for those by one device. */
  usedSubnets(exceptDevice?: string): Subnet[];
  /** A bridge that is there already. @throws EngineError, when the name is that of another kind of device */
  findBridge(device: string): ExistingBridge | undefined;
  /** Why nothing can listen there, in the words of the kernel's errors; undefined when something can. */
  probePort(port: PublishedPort): string | undefined;
}

export interface NamedDevice {
  readonly index: number;
  readonly name: string;
}

export interface HostWishes {
  /** Callers from outside come to published ports only by the host's `input`. */
  readonly obeysInput?: boolean;
}

/** The network namespace that the process is in. */
export function openNetworkHost({ obeysInput = false }: HostWishes = {}): NetworkHost {
  const routing = openNetlink(netlinkProtocol.route);
  const filtering = openNetlink(netlinkProtocol.netfilter);
  const apply = (messages: readonly NetlinkMessage[]): void => {
    if (messages.length > 0) filtering.request(nftables.transaction(messages));
  };
  const removeInlet = (network: NetworkRecord) =>
    void unlessErrno(absent, () => routing.request([route.deleteLink(inletNames(network).sender)]));
  return {
    ipv6: existsSync('/proc/net/if_inet6'),
    offersIpv6: offersIpv6(),
    ensureBridge: (network) => ensureBridge(routing, network),
    removeBridge: (device) => deleteBridge(routing, device),
    configure: (messages, netns) => configure(routing, messages, netns),
    devicesInside,
    findDevice: (name) => findDevice(routing, name),
    removeDevice,
    ensureInlet(network) {
      if (!obeysInput) return void removeInlet(network);
      const { sender: name, arrival } = inletNames(network);
      const sender = findDevice(routing, name);
      return sender === undefined ? makeInlet(routing, network) : { sender, arrival };
    },
    removeInlet,
    setParameter: (path, value, netns) => writeSysctlInside(netns, path, value),
    removeTable: (table) => deleteTable(table),
    apply,
    addresses: () => routing.request([route.dumpAddresses()]).map((body) => decodeAddress(body).address),
    connections: () => ([4, 6] as const).flatMap((family) => listConnections(filtering, family)),
    forgetConnection: (connection) => void unlessErrno(absent, () => forgetConnection(filtering, connection)),
    watchTables: (onLoss) => watchTables((port) => port === filtering.port, onLoss),
    watchRoutes,
    usedSubnets: (exceptDevice) => usedSubnets(routing, exceptDevice),
    findBridge: (device) => findBridge(routing, device),
    probePort,
    [Symbol.dispose]() {
      routing[Symbol.dispose]();
      filtering[Symbol.dispose]();
    },
  };
}

async function removeDevice(name: string): Promise<void> {
  try {
    await removeLink(name);
  } catch (error) {
    if (errnoOf(error) !== 'ENODEV') throw error;
  }
}

async function deleteTable(table: nftables.Table): Promise<void> {
  const messages = nftables.transaction([nftables.deleteTable(table)]);
  try {
    await requestAside(netlinkProtocol.netfilter, messages);
  } catch (error) {
    if (!absent.includes(errnoOf(error) ?? '')) throw error;
  }
}

function configure(routing: NetlinkSocket, messages: readonly NetlinkMessage[], netns?: number): void {
  if (messages.length === 0) return;
  if (netns === undefined) return void routing.request(messages);
  using inside = openNetlink(netlinkProtocol.route, netns);
  inside.request(messages);
}

function devicesInside(netns: number): NamedDevice[] {
  using inside = openNetlink(netlinkProtocol.route, netns);
  return inside.request([route.dumpLinks()]).map(decodeLink);
}

function findDevice(routing: NetlinkSocket, name: string): number | undefined {
  const [body] = unlessErrno(absent, () => routing.request([route.getLink(name)])) ?? [];
  return body && decodeLink(body).index;
}

function usedSubnets(routing: NetlinkSocket, exceptDevice?: string): Subnet[] {
  const except = exceptDevice === undefined ? undefined : findBridge(routing, exceptDevice)?.index;
  const routes = routing.request([route.dumpRoutes()]).map(tryDecodeRoute);
  return routedSubnets(
    routes.filter((entry) => entry !== undefined),
    except,
  );
}

function offersIpv6(): boolean {
  const key = 'net/ipv6/conf/all/disable_ipv6';
  return existsSync(sysctlPath(key)) && readSysctl(key) === '0';
}

const refusals: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

function probePort({ protocol, hostAddress, hostPort }: PublishedPort): string | undefined {
  if (protocol === 'sctp') return undefined;
  const code = tryBind({ protocol, address: addressBytes(hostAddress), port: hostPort });
  return code && (refusals[code] ?? code);
}

const absent = ['ENOENT', 'ENODEV', 'EAFNOSUPPORT', 'EOPNOTSUPP'];
