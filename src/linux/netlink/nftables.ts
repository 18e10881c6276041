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
import { type Expression, familyNumber, type IpFamily } from './nft-expression.ts';
import { typeofNote } from './nft-typeof.ts';

export const subsystem = 10;
export const messageType = {
  newTable: 0,
  deleteTable: 2,
  newChain: 3,
  deleteChain: 5,
  newRule: 6,
  deleteRule: 8,
  newSet: 9,
  deleteSet: 11,
  newElements: 12,
  deleteElements: 14,
} as const;
const listElement = 1;

/** The tables of a family have names of their own. */
export interface Table {
  readonly family: IpFamily;
  readonly name: string;
}

/** struct nfgenmsg */
function header(family: number, resource = 0): Uint8Array {
  return Uint8Array.of(family, 0, ...u16be(resource));
}

/** A message about a table, whose name is the first attribute of all of them. */
function message(
  { family, name }: Table,
  [type, flags]: readonly [type: number, flags: number],
  attributes: readonly Attribute[] = [],
): NetlinkMessage {
  return {
    type: (subsystem << 8) | type,
    flags: messageFlag.request | flags,
    header: header(familyNumber[family]),
    attributes: [attribute(1, text(name)), ...attributes],
  };
}

/**
 * One transaction: all of the messages take effect at once or none does.
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
export function addTable(table: Table): NetlinkMessage {
  return message(table, [messageType.newTable, messageFlag.create]);
}

/** Deletes the table with all that is in it; ENOENT when there is none. */
export function deleteTable(table: Table): NetlinkMessage {
  return message(table, [messageType.deleteTable, 0]);
}

const hookNumber = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;

export interface ChainRequest {
  readonly table: Table;
  readonly name: string;
  readonly type: 'filter' | 'nat';
  readonly hook: keyof typeof hookNumber;
  /** Place among the hook's chains: raw -300, destination NAT -100, filter 0, source NAT 100. */
  readonly priority: number;
}

/** A chain that the kernel's hook runs; a packet that no rule decides on is accepted. */
export function addChain(chain: ChainRequest): NetlinkMessage {
  return message(
    chain.table,
    [messageType.newChain, messageFlag.create],
    [
      attribute(3, text(chain.name)),
      attribute(4, [attribute(1, u32be(hookNumber[chain.hook])), attribute(2, u32be(chain.priority >>> 0))]),
      attribute(7, text(chain.type)),
    ],
  );
}

/** Appends a rule to a chain. */
export function addRule(table: Table, chain: string, expressions: readonly Expression[]): NetlinkMessage {
  return message(
    table,
    [messageType.newRule, messageFlag.create | messageFlag.append],
    [attribute(2, text(chain)), attribute(4, expressions)],
  );
}

/** Field types in nft's own numbering, which `nft list` shows values by. */
const fieldType = {
  protocol: { number: 12, length: 1 },
  port: { number: 13, length: 2 },
} as const;
const numberType = { number: 4, length: 4 } as const;
const addressType = { 4: { number: 7, length: 4 }, 6: { number: 8, length: 16 } } as const;
/** An address is one of the table's family; a random number is below the one that it is given with. */
export type FieldType = keyof typeof fieldType | 'address' | { readonly random: number };

export interface SetRequest {
  readonly table: Table;
  readonly name: string;
  /** Unlike any other set's or map's of the same table. */
  readonly id: number;
  readonly key: readonly FieldType[];
}

/** A hash set of keys of one or several fields. */
export function addSet(set: SetRequest): NetlinkMessage {
  return newSet(set, 0, []);
}

/** A hash map from one or several fields to one or several. */
export function addMap(map: SetRequest & { readonly data: readonly FieldType[] }): NetlinkMessage {
  const isMap = 8;
  const { type, length } = concatenated(map.table, map.data);
  const note = map.key.some((field) => typeof field === 'object')
    ? [attribute(13, typeofNote(map.table.family, map.key, map.data))]
    : [];
  return newSet(map, isMap, [attribute(6, u32be(type)), attribute(7, u32be(length)), ...note]);
}

function newSet(set: SetRequest, flags: number, data: readonly Attribute[]): NetlinkMessage {
  const { type, length } = concatenated(set.table, set.key);
  return message(
    set.table,
    [messageType.newSet, messageFlag.create],
    [
      attribute(2, text(set.name)),
      attribute(3, u32be(flags)),
      attribute(4, u32be(type)),
      attribute(5, u32be(length)),
      ...data,
      attribute(10, u32be(set.id)),
    ],
  );
}

function concatenated({ family }: Table, fields: readonly FieldType[]) {
  const bitsPerType = 6;
  const types = fields.map((field) => typeOf(family, field));
  return {
    type: types.reduce((type, { number }) => (type << bitsPerType) | number, 0),
    length: types.reduce((sum, { length }) => sum + padded(length), 0),
  };
}

function typeOf(family: IpFamily, field: FieldType): { readonly number: number; readonly length: number } {
  if (typeof field === 'object') return numberType;
  return field === 'address' ? addressType[family] : fieldType[field];
}

/** One entry: a value for each field of the key and, in a map, of the data. */
export interface SetElement {
  readonly key: readonly Uint8Array[];
  readonly data?: readonly Uint8Array[];
}

/** Adds elements; one with the same key and other data is refused with EEXIST. */
export function addElements(table: Table, set: string, elements: readonly SetElement[]): NetlinkMessage[] {
  return elementMessages(table, [messageType.newElements, messageFlag.create], { set, elements });
}

/** Deletes elements; one that is not there is refused with ENOENT. */
export function deleteElements(table: Table, set: string, elements: readonly SetElement[]): NetlinkMessage[] {
  return elementMessages(table, [messageType.deleteElements, 0], { set, elements });
}

/** A list of elements must fit an attribute's 64 KiB, so long ones are divided. */
function elementMessages(
  table: Table,
  kind: readonly [type: number, flags: number],
  { set, elements }: { readonly set: string; readonly elements: readonly SetElement[] },
): NetlinkMessage[] {
  const perMessage = 500;
  const messages: NetlinkMessage[] = [];
  for (let start = 0; start < elements.length; start += perMessage) {
    const part = elements.slice(start, start + perMessage).map(elementAttribute);
    messages.push(message(table, kind, [attribute(2, text(set)), attribute(3, part)]));
  }
  return messages;
}

function elementAttribute({ key, data }: SetElement): Attribute {
  const value = (fields: readonly Uint8Array[]): Attribute[] => [attribute(1, concatenate(fields))];
  const parts = [attribute(1, value(key)), ...(data === undefined ? [] : [attribute(2, value(data))])];
  return attribute(listElement, parts);
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
