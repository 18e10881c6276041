import { expression, type NetlinkMessage, nftables } from '#linux';
import { addressBytes, bytesOf, parseSubnet } from '../ipam/address.ts';
import { anyIpv4 } from '../ports/host-ports.ts';
import type { BridgeRecord, BridgeSettings, PublishedPort } from '../types.ts';

/** A published port with the container that serves it. */
export interface Publication {
  readonly port: PublishedPort;
  readonly target: string;
}

const anyAddressMap = 'ports';
const oneAddressMap = 'address_ports';
const loopbackMap = 'loopback_ports';

const established = new Uint8Array([2 | 4, 0, 0, 0]);
const translated = new Uint8Array([32, 0, 0, 0]);
const none = new Uint8Array(4);

/**
 * A network's whole table, named after its bridge: made anew, with these ports, in one transaction.
 *
 * Connections to a published port are sent to the container by a look-up of what they are addressed to; from
 * other hosts when they come in (prerouting), from this host when they go out (output). Towards the bridge only
 * answers, neighbours and such connections may pass; what leaves it gets the host's address as its source.
 */
export function networkTable(network: BridgeRecord, publications: readonly Publication[]): NetlinkMessage[] {
  const { bridge, internal } = network;
  const table = bridge.device;
  return [
    nftables.addTable(table),
    nftables.deleteTable(table),
    nftables.addTable(table),
    ...portMaps(table),
    ...translationRules(table),
    ...sourceRules(network),
    ...filterRules(bridge, internal),
    ...publish(table, publications),
  ];
}

function portMaps(table: string): NetlinkMessage[] {
  const data = ['address', 'port'] as const;
  return [
    nftables.addMap({ table, name: anyAddressMap, id: 1, key: ['protocol', 'port'], data }),
    nftables.addMap({ table, name: oneAddressMap, id: 2, key: ['address', 'protocol', 'port'], data }),
    nftables.addMap({ table, name: loopbackMap, id: 3, key: ['address', 'protocol', 'port'], data }),
  ];
}

function translationRules(table: string): NetlinkMessage[] {
  const chain = (hook: 'prerouting' | 'output') =>
    nftables.addChain({ table, name: hook, type: 'nat', hook, priority: -100 });
  return [
    chain('prerouting'),
    nftables.addRule(table, 'prerouting', byAddress(oneAddressMap)),
    nftables.addRule(table, 'prerouting', [...toThisHost(), ...byPort()]),
    chain('output'),
    nftables.addRule(table, 'output', byAddress(oneAddressMap)),
    nftables.addRule(table, 'output', byAddress(loopbackMap)),
    nftables.addRule(table, 'output', [...toThisHost(), ...byPort()]),
  ];
}

function byAddress(map: string): expression.Expression[] {
  return [
    expression.loadField('destinationAddress', 0),
    expression.loadMeta('transportProtocol', 1),
    expression.loadField('destinationPort', 2),
    expression.lookUp(map),
    expression.translateDestination(),
  ];
}

function byPort(): expression.Expression[] {
  return [
    expression.loadMeta('transportProtocol', 0),
    expression.loadField('destinationPort', 1),
    expression.lookUp(anyAddressMap),
    expression.translateDestination(),
  ];
}

function toThisHost(): expression.Expression[] {
  return [expression.loadDestinationType(), expression.isEqual(expression.addressType.local)];
}

function sourceRules({ bridge, internal, pools }: BridgeRecord): NetlinkMessage[] {
  const table = bridge.device;
  const name = 'postrouting';
  const rule = (...expressions: expression.Expression[]) =>
    nftables.addRule(table, name, [...expressions, expression.masquerade()]);
  const subnets = pools.filter(({ family }) => family === 4).map(({ subnet }) => fromSubnet(subnet));
  return [
    nftables.addChain({ table, name, type: 'nat', hook: 'postrouting', priority: 100 }),
    // The host's own loopback address would mean the container to the container.
    rule(...isOutgoing(bridge.device), ...fromLoopback()),
    // A neighbour's answer must come back this way, or its address would not be the one that was called.
    ...subnets.map((from) => rule(...isOutgoing(bridge.device), ...from, ...hasStatus(translated))),
    ...(bridge.masquerade && !internal
      ? subnets.map((from) => rule(...isNotOutgoing(bridge.device), ...from))
      : []),
  ];
}

function filterRules(bridge: BridgeSettings, internal: boolean): NetlinkMessage[] {
  const table = bridge.device;
  const name = 'forward';
  const rule = (...expressions: expression.Expression[]) => nftables.addRule(table, name, expressions);
  const accept = expression.verdict('accept');
  const drop = expression.verdict('drop');
  const neighbours = [...isOutgoing(bridge.device), ...isIncoming(bridge.device)];
  return [
    ...loopbackGuard(bridge),
    nftables.addChain({ table, name, type: 'filter', hook: 'forward', priority: 0 }),
    rule(...isOutgoing(bridge.device), ...hasState(established), accept),
    ...(bridge.interContainer ? [rule(...neighbours, accept)] : []),
    ...(internal ? [rule(...isIncoming(bridge.device), drop)] : []),
    ...(internal ? [] : [rule(...isOutgoing(bridge.device), ...hasStatus(translated), accept)]),
    rule(...isOutgoing(bridge.device), drop),
  ];
}

/** Without this the routing of 127/8 that the bridge needs for answers would open the host's loopback to containers. */
function loopbackGuard({ device: table }: BridgeSettings): NetlinkMessage[] {
  const name = 'guard';
  const toLoopback = [
    expression.loadField('destinationAddress', 0, 1),
    expression.isEqual(Uint8Array.of(127)),
  ];
  return [
    nftables.addChain({ table, name, type: 'filter', hook: 'prerouting', priority: -300 }),
    nftables.addRule(table, name, [...isIncoming(table), ...toLoopback, expression.verdict('drop')]),
  ];
}

function isIncoming(device: string): expression.Expression[] {
  return [expression.loadMeta('incomingName'), expression.isEqual(expression.deviceName(device))];
}

function isOutgoing(device: string): expression.Expression[] {
  return [expression.loadMeta('outgoingName'), expression.isEqual(expression.deviceName(device))];
}

function isNotOutgoing(device: string): expression.Expression[] {
  return [expression.loadMeta('outgoingName'), expression.isNotEqual(expression.deviceName(device))];
}

function fromLoopback(): expression.Expression[] {
  return [expression.loadField('sourceAddress', 0, 1), expression.isEqual(Uint8Array.of(127))];
}

function fromSubnet(text: string): expression.Expression[] {
  const { base, prefixLength } = parseSubnet(text);
  const mask = bytesOf({ family: 4, value: 2n ** 32n - 2n ** BigInt(32 - prefixLength) });
  return [
    expression.loadField('sourceAddress'),
    expression.keepBits(mask),
    expression.isEqual(bytesOf({ family: 4, value: base })),
  ];
}

function hasStatus(bits: Uint8Array): expression.Expression[] {
  return [expression.loadTracking('status'), expression.keepBits(bits), expression.isNotEqual(none)];
}

function hasState(bits: Uint8Array): expression.Expression[] {
  return [expression.loadTracking('state'), expression.keepBits(bits), expression.isNotEqual(none)];
}

/** What makes ports reachable in a table that is there. IPv6 addresses have no rules: the shim relays them. */
export function publish(table: string, publications: readonly Publication[]): NetlinkMessage[] {
  return elementsByMap(publications).flatMap(([map, elements]) => nftables.addElements(table, map, elements));
}

/** Takes back what publish() did. */
export function unpublish(table: string, publications: readonly Publication[]): NetlinkMessage[] {
  return elementsByMap(publications).flatMap(([map, elements]) =>
    nftables.deleteElements(table, map, elements),
  );
}

function elementsByMap(publications: readonly Publication[]): [string, nftables.MapElement[]][] {
  const ipv4 = publications.filter(({ port }) => !port.hostAddress.includes(':'));
  return [...Map.groupBy(ipv4, mapOf)].map(([map, members]) => [map, members.map(elementOf)]);
}

/** Loopback ports are looked up for connections of this host only: other hosts may send packets with such addresses. */
function mapOf({ port: { hostAddress } }: Publication): string {
  if (hostAddress === anyIpv4) return anyAddressMap;
  return hostAddress.startsWith('127.') ? loopbackMap : oneAddressMap;
}

function elementOf(publication: Publication): nftables.MapElement {
  const { port, target } = publication;
  const service = [expression.element.protocol(port.protocol), expression.element.port(port.hostPort)];
  const address = mapOf(publication) === anyAddressMap ? [] : [addressBytes(port.hostAddress)];
  return { key: [...address, ...service], data: [addressBytes(target), expression.element.port(port.port)] };
}
