import {
  type Attribute,
  attribute,
  messageFlag,
  type NetlinkMessage,
  padded,
  text,
  u16be,
  u32be,
} from './message.ts';
import type { Expression } from './nft-expression.ts';

const subsystem = 10;
const messageType = {
  newTable: 0,
  deleteTable: 2,
  newChain: 3,
  newRule: 6,
  newSet: 9,
  newElements: 12,
  deleteElements: 14,
} as const;
const ipv4 = 2;
const listElement = 1;

/** struct nfgenmsg */
function header(family: number, resource = 0): Uint8Array {
  return Uint8Array.of(family, 0, ...u16be(resource));
}

function message(type: number, flags: number, attributes: readonly Attribute[]): NetlinkMessage {
  return {
    type: (subsystem << 8) | type,
    flags: messageFlag.request | flags,
    header: header(ipv4),
    attributes,
  };
}

/**
 * One transaction: all of the messages take effect at once or none does. All are for the `ip` family.
 * The last one is acknowledged; a refusal is reported for any.
 */
export function transaction(messages: readonly NetlinkMessage[]): NetlinkMessage[] {
  const begin = 16;
  const end = 17;
  const edge = (type: number): NetlinkMessage => ({
    type,
    flags: messageFlag.request,
    header: header(0, subsystem),
    attributes: [],
  });
  const acknowledged = messages.map((one, place) =>
    place === messages.length - 1 ? { ...one, flags: one.flags | messageFlag.acknowledge } : one,
  );
  return [edge(begin), ...acknowledged, edge(end)];
}

/** Makes sure that the table is there. */
export function addTable(name: string): NetlinkMessage {
  return message(messageType.newTable, messageFlag.create, [attribute(1, text(name))]);
}

/** Deletes the table with all that is in it; ENOENT when there is none. */
export function deleteTable(name: string): NetlinkMessage {
  return message(messageType.deleteTable, 0, [attribute(1, text(name))]);
}

const hookNumber = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;

export interface ChainRequest {
  readonly table: string;
  readonly name: string;
  readonly type: 'filter' | 'nat';
  readonly hook: keyof typeof hookNumber;
  /** Place among the hook's chains: raw -300, destination NAT -100, filter 0, source NAT 100. */
  readonly priority: number;
}

/** A chain that the kernel's hook runs; a packet that no rule decides on is accepted. */
export function addChain(chain: ChainRequest): NetlinkMessage {
  return message(messageType.newChain, messageFlag.create, [
    attribute(1, text(chain.table)),
    attribute(3, text(chain.name)),
    attribute(4, [attribute(1, u32be(hookNumber[chain.hook])), attribute(2, u32be(chain.priority >>> 0))]),
    attribute(7, text(chain.type)),
  ]);
}

/** Appends a rule to a chain. */
export function addRule(table: string, chain: string, expressions: readonly Expression[]): NetlinkMessage {
  return message(messageType.newRule, messageFlag.create | messageFlag.append, [
    attribute(1, text(table)),
    attribute(2, text(chain)),
    attribute(4, expressions),
  ]);
}

/** Field types in nft's own numbering, which `nft list` shows values by. */
const fieldType = {
  address: { number: 7, length: 4 },
  protocol: { number: 12, length: 1 },
  port: { number: 13, length: 2 },
} as const;
export type FieldType = keyof typeof fieldType;

export interface MapRequest {
  readonly table: string;
  readonly name: string;
  /** Unlike any other map's of the same transaction. */
  readonly id: number;
  readonly key: readonly FieldType[];
  readonly data: readonly FieldType[];
}

/** A hash map from one or several fields to one or several. */
export function addMap(map: MapRequest): NetlinkMessage {
  const isMap = 8;
  return message(messageType.newSet, messageFlag.create, [
    attribute(1, text(map.table)),
    attribute(2, text(map.name)),
    attribute(3, u32be(isMap)),
    attribute(4, u32be(concatenatedType(map.key))),
    attribute(5, u32be(concatenatedLength(map.key))),
    attribute(6, u32be(concatenatedType(map.data))),
    attribute(7, u32be(concatenatedLength(map.data))),
    attribute(10, u32be(map.id)),
  ]);
}

function concatenatedType(fields: readonly FieldType[]): number {
  const bitsPerType = 6;
  return fields.reduce((type, field) => (type << bitsPerType) | fieldType[field].number, 0);
}

function concatenatedLength(fields: readonly FieldType[]): number {
  return fields.reduce((sum, field) => sum + padded(fieldType[field].length), 0);
}

/** One entry of a map: a value for each field of the key and of the data. */
export interface MapElement {
  readonly key: readonly Uint8Array[];
  readonly data: readonly Uint8Array[];
}

/** Adds elements; one with the same key and other data is refused with EEXIST. */
export function addElements(table: string, map: string, elements: readonly MapElement[]): NetlinkMessage[] {
  return elementMessages(messageType.newElements, messageFlag.create, { table, map, elements });
}

/** Deletes elements; one that is not there is refused with ENOENT. */
export function deleteElements(
  table: string,
  map: string,
  elements: readonly MapElement[],
): NetlinkMessage[] {
  return elementMessages(messageType.deleteElements, 0, { table, map, elements });
}

interface MapElements {
  readonly table: string;
  readonly map: string;
  readonly elements: readonly MapElement[];
}

/** A list of elements must fit an attribute's 64 KiB, so long ones are divided. */
function elementMessages(
  type: number,
  flags: number,
  { table, map, elements }: MapElements,
): NetlinkMessage[] {
  const perMessage = 500;
  const messages: NetlinkMessage[] = [];
  for (let start = 0; start < elements.length; start += perMessage) {
    const part = elements.slice(start, start + perMessage).map(elementAttribute);
    messages.push(
      message(type, flags, [attribute(1, text(table)), attribute(2, text(map)), attribute(3, part)]),
    );
  }
  return messages;
}

function elementAttribute({ key, data }: MapElement): Attribute {
  const value = (fields: readonly Uint8Array[]): Attribute[] => [attribute(1, concatenate(fields))];
  return attribute(listElement, [attribute(1, value(key)), attribute(2, value(data))]);
}

/** Joins fields, each padded to a multiple of 4 bytes. */
function concatenate(fields: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + padded(field.length), 0));
  let offset = 0;
  for (const field of fields) {
    bytes.set(field, offset);
    offset += padded(field.length);
  }
  return bytes;
}
