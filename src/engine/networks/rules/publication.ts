import { expression, type nftables } from '#linux';
import { addressBytes } from '../ipam/address.ts';
import { groupLimit, placeOf } from '../ports/host-ports.ts';
import type { PublishedPort } from '../types.ts';

/** A published port with the address of the container that serves it. */
export interface Publication {
  readonly port: PublishedPort;
  readonly target: string;
}

/** Addresses of the host that a map is asked for: the callers' word, all of the host's, or those of its loopback. */
export interface Scope {
  readonly byAddress: boolean;
  /** Where each port has one container. */
  readonly map: string;
  /** Where each slot of a port has one container of its group. */
  readonly balanced: string;
  /** The set of the ports that callers from outside come to by the host's `input`. */
  readonly input: string;
}

export const scopes = {
  any: { byAddress: false, map: 'ports', balanced: 'group_ports', input: 'input_ports' },
  address: {
    byAddress: true,
    map: 'address_ports',
    balanced: 'group_address_ports',
    input: 'input_address_ports',
  },
  loopback: { byAddress: true, map: 'loopback_ports', balanced: 'group_loopback_ports', input: '' },
} as const satisfies Record<string, Scope>;

/** Container ports of routed networks, which may be called at the container's own address. */
export const openPorts = 'open_ports';

/** Chances that a group's connections are dealt out to: divisible by every small number of members, enough for all. */
export const slotCount = groupLimit;

/** The entries that make ports reachable, by set, for the family of one table. */
export function entriesOf(
  { family }: nftables.Table,
  publications: readonly Publication[],
): Map<string, nftables.SetElement[]> {
  return bySet(placesOf(family, publications).map(entriesOfPlace));
}

/** The entries by which the host's `input` knows the ports, by set, for the family of one table. */
export function inputEntriesOf(
  { family }: nftables.Table,
  publications: readonly Publication[],
): Map<string, nftables.SetElement[]> {
  const outside = placesOf(family, publications)
    .map(([{ port }]) => port)
    .filter((port) => port.hostPort !== 0 && scopeOf(port) !== scopes.loopback);
  return bySet(outside.map((port) => ({ set: scopeOf(port).input, elements: [{ key: hostKeyOf(port) }] })));
}

interface Entries {
  readonly set: string;
  readonly elements: readonly nftables.SetElement[];
}

function bySet(all: readonly Entries[]): Map<string, nftables.SetElement[]> {
  const entries = new Map<string, nftables.SetElement[]>();
  for (const { set, elements } of all) entries.set(set, [...(entries.get(set) ?? []), ...elements]);
  return entries;
}

/** What shares an entry, or the slots of one, each with at least one member. */
type Sharing = readonly [Publication, ...Publication[]];

function placesOf(family: 4 | 6, publications: readonly Publication[]): Sharing[] {
  const ours = publications.filter((publication) => familyOf(publication) === family);
  return [...Map.groupBy(ours, entryPlace).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}

/** Undefined for what no rule can translate, from one family to the other or from IPv6's loopback: the shim relays it. */
function familyOf({ port: { hostAddress }, target }: Publication): 4 | 6 | undefined {
  const family = target.includes(':') ? 6 : 4;
  return hostAddress.includes(':') === (family === 6) && hostAddress !== '::1' ? family : undefined;
}

function entryPlace({ port, target }: Publication): string {
  return port.hostPort === 0 ? `${target} ${port.port}/${port.protocol}` : placeOf(port);
}

function entriesOfPlace(members: Sharing): Entries {
  const [first] = members;
  const { port } = first;
  if (port.hostPort === 0) {
    const service = [expression.element.protocol(port.protocol), expression.element.port(port.port)];
    return { set: openPorts, elements: [{ key: [addressBytes(first.target), ...service] }] };
  }
  const { map, balanced } = scopeOf(port);
  const key = hostKeyOf(port);
  if (port.group === undefined) return { set: map, elements: [{ key, data: destinationOf(first) }] };
  return { set: balanced, elements: dealt(key, members) };
}

function hostKeyOf(port: PublishedPort): Uint8Array[] {
  const address = scopeOf(port).byAddress ? [addressBytes(port.hostAddress)] : [];
  return [...address, expression.element.protocol(port.protocol), expression.element.port(port.hostPort)];
}

function dealt(key: readonly Uint8Array[], members: Sharing): nftables.SetElement[] {
  return Array.from({ length: slotCount }, (_, slot) => ({
    key: [...key, expression.element.number(slot)],
    data: destinationOf(members[slot % members.length] ?? members[0]),
  }));
}

function destinationOf({ port, target }: Publication): Uint8Array[] {
  return [addressBytes(target), expression.element.port(port.port)];
}

/** Loopback ports are looked up for connections of this host only: other hosts may send packets with such addresses. */
function scopeOf({ hostAddress }: PublishedPort): Scope {
  if (hostAddress === '0.0.0.0' || hostAddress === '::') return scopes.any;
  return hostAddress.startsWith('127.') ? scopes.loopback : scopes.address;
}
