import { existsSync, readFileSync } from 'node:fs';
import { errnoOf } from '#base';
import {
  canBind,
  decodeLink,
  type Link,
  type NetlinkMessage,
  type NetlinkSocket,
  netlinkProtocol,
  nftables,
  openNetlink,
  route,
  writeSysctl,
} from '#linux';
import { formatAddress, lastAddress, parseSubnet, type Subnet } from './address.ts';
import { addressBytes } from './address-bytes.ts';
import { randomMac } from './mac-address.ts';
import { routedSubnets } from './subnet-choice.ts';
import type { BridgeSettings, PublishedPort } from './types.ts';

/** The host's network as this room changes and reads it: everything in the room that has an effect. */
export interface NetworkHost extends Disposable {
  readonly ipv6: boolean;
  /** Makes the bridge with its gateway address, or completes it; returns its index. */
  ensureBridge(settings: BridgeSettings): number;
  /** Deletes a bridge and the table of its name; what is not there is no error. */
  removeBridge(device: string): void;
  /** Applies nftables messages, all or none. */
  apply(messages: readonly NetlinkMessage[]): void;
  /** The same for messages that delete; what is not there is no error. */
  forget(messages: readonly NetlinkMessage[]): void;
  /** Subnets that the host has routes to, but for those by one device. */
  usedSubnets(exceptDevice?: string): Subnet[];
  /** Whether no process listens there. */
  isPortFree(port: PublishedPort): boolean;
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
    ensureBridge: (settings) => ensureBridge(routing, settings),
    removeBridge(device) {
      unlessAbsent(() => apply([nftables.deleteTable(device)]));
      unlessAbsent(() => routing.request([route.deleteLink(device)]));
    },
    apply,
    forget: (messages) => void unlessAbsent(() => apply(messages)),
    usedSubnets: (exceptDevice) => routedSubnets(readFileSync('/proc/net/route', 'utf8'), exceptDevice),
    isPortFree,
    [Symbol.dispose]() {
      routing[Symbol.dispose]();
      filtering[Symbol.dispose]();
    },
  };
}

function ensureBridge(routing: NetlinkSocket, settings: BridgeSettings): number {
  const { device, gateway, mtu } = settings;
  const subnet = parseSubnet(settings.subnet);
  if (findLink(routing, device) === undefined) {
    routing.request([route.createBridge({ name: device, macAddress: randomMac(), mtu })]);
  }
  const index = findLink(routing, device)?.index ?? 0;
  const broadcast = formatAddress(lastAddress(subnet));
  routing.request([
    route.addAddress({ index, address: gateway, prefixLength: subnet.prefixLength, broadcast }),
    route.setLinkUp(index),
  ]);
  writeSysctl('net/ipv4/ip_forward', '1');
  writeSysctl(`net/ipv4/conf/${device}/route_localnet`, '1');
  return index;
}

function findLink(routing: NetlinkSocket, name: string): Link | undefined {
  const [body] = unlessAbsent(() => routing.request([route.getLink(name)])) ?? [];
  return body && decodeLink(body);
}

function isPortFree({ protocol, hostAddress, hostPort }: PublishedPort): boolean {
  if (protocol === 'sctp') return true;
  return canBind({ protocol, address: addressBytes(hostAddress), port: hostPort });
}

function unlessAbsent<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENODEV') return undefined;
    throw error;
  }
}
