import { existsSync, readFileSync } from 'node:fs';
import { EngineError, unlessErrno } from '#base';
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
  route,
  tryBind,
  watchTables,
  writeSysctl,
  writeSysctlInside,
} from '#linux';
import {
  addressBytes,
  addressOf,
  bytesOf,
  formatAddress,
  lastAddress,
  parseSubnet,
  type Subnet,
} from './ipam/address.ts';
import { randomMac } from './ipam/mac-address.ts';
import { routedSubnets } from './ipam/subnet-choice.ts';
import type { BridgeRecord, BridgeSettings, IpamPool, PublishedPort } from './types.ts';

export interface ExistingBridge {
  readonly index: number;
  /** With their prefix lengths. */
  readonly addresses: readonly string[];
  /** It was made by this room, in whichever daemon's life. */
  readonly ours: boolean;
}

/** What marks a bridge of ours, so that one whose records are lost is not taken for somebody else's. */
const bridgeAlias = 'wharf';

/** The host's network as this room changes and reads it: everything in the room that has an effect. */
export interface NetworkHost extends Disposable {
  readonly ipv6: boolean;
  /** Makes the bridge with its gateway addresses, or completes it; returns its index. */
  ensureBridge(network: BridgeRecord): number;
  /** Deletes a bridge; one that is not there is no error, a device of another kind is. */
  removeBridge(device: string): void;
  /**
   * Sends messages about devices, addresses and routes: in the network namespace that a descriptor is of, if given.
   * @throws SystemCallError, for the first one that is refused
   */
  configure(messages: readonly NetlinkMessage[], netns?: number): void;
  /** Sets a kernel parameter, by its path, in the network namespace that a descriptor is of. @throws SystemCallError */
  setParameter(path: string, value: string, netns: number): void;
  /** Deletes an nftables table; one that is not there is no error. */
  removeTable(table: nftables.Table): void;
  /** Applies nftables messages, all or none. */
  apply(messages: readonly NetlinkMessage[]): void;
  /** What connection tracking knows. */
  connections(): Connection[];
  /** Makes connection tracking forget one; that it has is no error. */
  forgetConnection(connection: Connection): void;
  /**
   * Tells the tables of which others have deleted something, until it is disposed of; undefined when that may be any.
   * It does not keep the process alive.
   */
  watchTables(onLoss: (names: ReadonlySet<string> | undefined) => void): Disposable;
  /** Subnets that the host has routes to, but for those by one device. */
  usedSubnets(exceptDevice?: string): Subnet[];
  /** A bridge that is there already. @throws EngineError, when the name is that of another kind of device */
  findBridge(device: string): ExistingBridge | undefined;
  /** Why nothing can listen there, in the words of the kernel's errors; undefined when something can. */
  probePort(port: PublishedPort): string | undefined;
}

/** The network namespace that the process is in. */
export function openNetworkHost(): NetworkHost {
  const routing = openNetlink(netlinkProtocol.route);
  const filtering = openNetlink(netlinkProtocol.netfilter);
  const apply = (messages: readonly NetlinkMessage[]): void => {
    if (messages.length > 0) filtering.request(nftables.transaction(messages));
  };
  return {
    ipv6: existsSync('/proc/net/if_inet6'),
    ensureBridge: (network) => ensureBridge(routing, network),
    removeBridge(device) {
      if (findBridge(routing, device) !== undefined) routing.request([route.deleteLink(device)]);
    },
    configure: (messages, netns) => configure(routing, messages, netns),
    setParameter: (path, value, netns) => writeSysctlInside(netns, path, value),
    removeTable: (table) => void unlessErrno(absent, () => apply([nftables.deleteTable(table)])),
    apply,
    connections: () => ([4, 6] as const).flatMap((family) => listConnections(filtering, family)),
    forgetConnection: (connection) => void unlessErrno(absent, () => forgetConnection(filtering, connection)),
    watchTables: (onLoss) => watchTables((port) => port === filtering.port, onLoss),
    usedSubnets: (exceptDevice) => routedSubnets(readFileSync('/proc/net/route', 'utf8'), exceptDevice),
    findBridge: (device) => findBridge(routing, device),
    probePort,
    [Symbol.dispose]() {
      routing[Symbol.dispose]();
      filtering[Symbol.dispose]();
    },
  };
}

function configure(routing: NetlinkSocket, messages: readonly NetlinkMessage[], netns?: number): void {
  if (messages.length === 0) return;
  if (netns === undefined) return void routing.request(messages);
  using inside = openNetlink(netlinkProtocol.route, netns);
  inside.request(messages);
}

function ensureBridge(routing: NetlinkSocket, { bridge, pools }: BridgeRecord): number {
  const { device } = bridge;
  const index = findBridge(routing, device)?.index ?? makeBridge(routing, bridge);
  routing.request([...pools.flatMap((pool) => gatewayMessages(index, pool)), route.setLinkUp(index)]);
  writeSysctl('net/ipv4/ip_forward', '1');
  writeSysctl(`net/ipv4/conf/${device}/route_localnet`, '1');
  return index;
}

function gatewayMessages(index: number, { subnet: text, gateway }: IpamPool): NetlinkMessage[] {
  if (gateway === undefined) return [];
  const subnet = parseSubnet(text);
  const broadcast = subnet.family === 4 ? { broadcast: bytesOf(lastAddress(subnet)) } : {};
  const { prefixLength } = subnet;
  return [route.addAddress({ index, address: addressBytes(gateway), prefixLength, ...broadcast })];
}

function makeBridge(routing: NetlinkSocket, { device, mtu }: BridgeSettings): number {
  routing.request([route.createBridge({ name: device, macAddress: randomMac(), mtu })]);
  const made = findBridge(routing, device);
  if (made === undefined) throw new EngineError('internal', `bridge ${device} vanished`);
  routing.request([route.setAlias(made.index, bridgeAlias)]);
  return made.index;
}

function findBridge(routing: NetlinkSocket, device: string): ExistingBridge | undefined {
  const [body] = unlessErrno(absent, () => routing.request([route.getLink(device)])) ?? [];
  if (body === undefined) return undefined;
  const { index, kind, alias } = decodeLink(body);
  if (kind !== 'bridge') throw new EngineError('conflict', `device ${device} exists and is not a bridge`);
  const addresses = routing
    .request([route.dumpAddresses()])
    .map(decodeAddress)
    .filter((entry) => entry.index === index)
    .map(({ address, prefixLength }) => `${formatAddress(addressOf(address))}/${prefixLength}`);
  return { index, addresses, ours: alias === bridgeAlias };
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
