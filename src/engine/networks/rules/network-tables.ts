import { type NetlinkMessage, nftables } from '#linux';
import type { Inlet } from '../drivers/inlet.ts';
import type { BridgeRecord } from '../types.ts';
import { forwardRules, loopbackGuard } from './filter.ts';
import { inletRules } from './inlet-rules.ts';
import { linkedPorts, type Passage, passageEntries } from './passage.ts';
import { entriesOf, inputEntriesOf, openPorts, type Publication, scopes, slotCount } from './publication.ts';
import { destinationRules, sourceRules } from './translation.ts';

/** The tables of a network, one for each family that it has, named after its bridge. */
export function tablesOf({ bridge, ipv4, ipv6 }: BridgeRecord): nftables.Table[] {
  const table = (family: 4 | 6) => ({ family, name: bridge.device });
  return [...(ipv4 ? [table(4)] : []), ...(ipv6 ? [table(6)] : [])];
}

/** What the tables of a network hold besides what its record says. */
export interface TableContent {
  readonly publications?: readonly Publication[];
  readonly passages?: readonly Passage[];
  /** Where callers from outside come in, when they are to go by the host's `input`. */
  readonly inlet?: Inlet | undefined;
}

/** A network's whole tables, made anew. */
export function networkTables(
  network: BridgeRecord,
  { publications = [], passages = [], inlet }: TableContent = {},
): NetlinkMessage[] {
  return tablesOf(network).flatMap((table) => [
    nftables.addTable(table),
    nftables.deleteTable(table),
    nftables.addTable(table),
    ...setsOf(table),
    ...(inlet === undefined ? [] : inputSetsOf(table)),
    ...destinationRules(table, inlet && [network.bridge.device, inlet.arrival]),
    ...(inlet === undefined ? [] : inletRules(table, inlet)),
    ...sourceRules(network, table),
    ...loopbackGuard(network, table),
    ...forwardRules(network, table),
    ...entryMessages(nftables.addElements, table, { publications, inlet }),
    ...nftables.addElements(table, linkedPorts, passageEntries(table, passages)),
  ]);
}

/** What brings tables that are there from some passages to others. */
export function changePassages(
  network: BridgeRecord,
  before: readonly Passage[],
  after: readonly Passage[],
): NetlinkMessage[] {
  return tablesOf(network).flatMap((table) => [
    ...nftables.deleteElements(table, linkedPorts, passageEntries(table, before)),
    ...nftables.addElements(table, linkedPorts, passageEntries(table, after)),
  ]);
}

function setsOf(table: nftables.Table): NetlinkMessage[] {
  const { any, address, loopback } = scopes;
  const used = table.family === 4 ? [any, address, loopback] : [any, address];
  const service = ['protocol', 'port'] as const;
  const maps = used.flatMap(({ byAddress, map, balanced }) => {
    const key = byAddress ? (['address', ...service] as const) : service;
    return [
      { name: map, key },
      { name: balanced, key: [...key, { random: slotCount }] as const },
    ];
  });
  const sets = [
    { name: openPorts, key: ['address', ...service] as const },
    { name: linkedPorts, key: ['address', 'address', ...service] as const },
  ];
  return [
    ...maps.map((map, id) => nftables.addMap({ table, id, ...map, data: ['address', 'port'] })),
    ...sets.map((set, place) => nftables.addSet({ table, id: maps.length + place, ...set })),
  ];
}

function inputSetsOf(table: nftables.Table): NetlinkMessage[] {
  const service = ['protocol', 'port'] as const;
  return [
    nftables.addSet({ table, id: inputSetIds.any, name: scopes.any.input, key: service }),
    nftables.addSet({
      table,
      id: inputSetIds.address,
      name: scopes.address.input,
      key: ['address', ...service],
    }),
  ];
}

/** Above those of the sets that every table has. */
const inputSetIds = { any: 100, address: 101 } as const;

/** What brings tables that are there from some ports to others. */
export function changePorts(
  network: BridgeRecord,
  before: TableContent,
  after: TableContent,
): NetlinkMessage[] {
  return tablesOf(network).flatMap((table) => [
    ...entryMessages(nftables.deleteElements, table, before),
    ...entryMessages(nftables.addElements, table, after),
  ]);
}

function entryMessages(
  change: typeof nftables.addElements,
  table: nftables.Table,
  { publications = [], inlet }: TableContent,
): NetlinkMessage[] {
  const input = inlet === undefined ? [] : inputEntriesOf(table, publications);
  return [...entriesOf(table, publications), ...input].flatMap(([set, elements]) =>
    change(table, set, elements),
  );
}
