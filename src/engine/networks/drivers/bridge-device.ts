import { EngineError, unlessErrno } from '#base';
import {
  decodeAddress,
  decodeLink,
  type Link,
  type NetlinkMessage,
  type NetlinkSocket,
  removeLink,
  route,
  writeSysctl,
} from '#linux';
import {
  type Address,
  addressOf,
  bytesOf,
  formatAddress,
  lastAddress,
  parseInterfaceAddress,
  parseSubnet,
} from '../ipam/address.ts';
import { randomMac } from '../ipam/mac-address.ts';
import type { BridgeRecord } from '../types.ts';
import { filterBridgedFrames } from './bridged-frames.ts';
import { randomDeviceIndex } from './device-index.ts';
import { enableForwarding } from './forwarding.ts';

/** A bridge that is there already. */
export interface ExistingBridge {
  readonly index: number;
  /** With their prefix lengths. */
  readonly addresses: readonly string[];
  /** It was made by this room, in whichever daemon's life. */
  readonly ours: boolean;
}

/** What marks a bridge of ours, so that one whose records are lost is not taken for somebody else's. */
const bridgeAlias = 'wharf';

/** Makes a network's bridge with the gateways' addresses, or completes it; returns its index. @throws EngineError */
export function ensureBridge(routing: NetlinkSocket, network: BridgeRecord): number {
  const { device, mtu } = network.bridge;
  const found = findBridge(routing, device);
  const index = found?.index ?? randomDeviceIndex();
  if (found === undefined) {
    const bridge = route.createBridge({ name: device, index, macAddress: randomMac(), mtu });
    routing.request([bridge, route.setAlias(index, bridgeAlias)]);
  }
  setParameters(network);
  const wanted = gatewaysOf(network);
  const outdated = (found?.ours ? found.addresses : []).filter((text) => !wanted.includes(text));
  routing.request([
    ...outdated.filter((text) => !isLinkLocal(text)).map((text) => deleteMessage(index, text)),
    ...wanted.map((text) => addMessage(index, text)),
    route.setLinkUp(index),
  ]);
  return index;
}

/** @throws EngineError conflict, when the name is that of another kind of device */
export function findBridge(routing: NetlinkSocket, device: string): ExistingBridge | undefined {
  const link = findLink(routing, device);
  if (link === undefined) return undefined;
  const { index, alias } = link;
  const addresses = routing
    .request([route.dumpAddresses()])
    .map(decodeAddress)
    .filter((entry) => entry.index === index)
    .map(({ address, prefixLength }) => `${formatAddress(addressOf(address))}/${prefixLength}`);
  return { index, addresses, ours: alias === bridgeAlias };
}

/** Deletes a bridge; one that is not there is no error. @throws EngineError conflict, for another kind of device */
export async function deleteBridge(routing: NetlinkSocket, device: string): Promise<void> {
  if (findLink(routing, device) === undefined) return;
  await removeLink(device);
}

function findLink(routing: NetlinkSocket, device: string): Link | undefined {
  const [body] = unlessErrno(['ENODEV'], () => routing.request([route.getLink(device)])) ?? [];
  const link = body && decodeLink(body);
  if (link === undefined || link.kind === 'bridge') return link;
  throw new EngineError('conflict', `existing interface ${device} is not a bridge`);
}

function setParameters({ ipv6, bridge: { device, interContainer, foreign } }: BridgeRecord): void {
  // No container may tell the host where to send its packets, but a router may by a bridge of somebody else's. A kernel
  // without IPv6 takes no such advice anyway.
  if (!foreign) unlessErrno(['ENOENT'], () => writeSysctl(`net/ipv6/conf/${device}/accept_ra`, '0'));
  enableForwarding({ ipv6 });
  if (!interContainer) filterBridgedFrames({ ipv6 });
  writeSysctl(`net/ipv4/conf/${device}/route_localnet`, '1');
  if (!ipv6) return;
  writeSysctl(`net/ipv6/conf/${device}/disable_ipv6`, '0');
  if (foreign) return;
  // While the kernel looks whether somebody else has the bridge's own addresses, it can't ask for those of containers.
  writeSysctl(`net/ipv6/conf/${device}/accept_dad`, '0');
}

function gatewaysOf({ pools, bridge }: BridgeRecord): string[] {
  return pools
    .filter(({ family }) => !(bridge.withoutIpv4 && family === 4))
    .flatMap(({ subnet, gateway }) =>
      gateway === undefined ? [] : `${gateway}/${parseSubnet(subnet).prefixLength}`,
    );
}

function isLinkLocal(text: string): boolean {
  return text.startsWith('fe80:');
}

function addMessage(index: number, text: string): NetlinkMessage {
  const { address, subnet } = parseInterfaceAddress(text);
  const broadcast = subnet.family === 4 ? { broadcast: bytesOf(lastAddress(subnet)) } : {};
  return route.addAddress({ ...placeOf(index, address, subnet.prefixLength), ...broadcast });
}

function deleteMessage(index: number, text: string): NetlinkMessage {
  const { address, subnet } = parseInterfaceAddress(text);
  return route.deleteAddress(placeOf(index, address, subnet.prefixLength));
}

function placeOf(index: number, address: Address, prefixLength: number): route.AddressRequest {
  return { index, address: bytesOf(address), prefixLength };
}
