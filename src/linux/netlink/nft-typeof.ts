import { u32 } from './message.ts';
import type { IpFamily } from './nft-expression.ts';
import type { FieldType } from './nftables.ts';

/*
 * What `nft` keeps with a map whose key has no name as a type: the expressions that its key and data are of, in its own
 * numbering. Without it nobody could load again what `nft list` prints.
 */

const place = {
  keyByteOrder: 0,
  dataByteOrder: 1,
  mergeElements: 2,
  keyExpression: 3,
  dataExpression: 4,
} as const;
const kind = { payload: 0x07, meta: 0x09, concatenation: 0x0d, random: 0x17 } as const;
const transportHeader = { protocol: 11, destinationPort: 2 } as const;
const addressField = { 4: [12, 12], 6: [13, 9] } as const satisfies Record<
  IpFamily,
  readonly [number, number]
>;

export function typeofNote(
  family: IpFamily,
  key: readonly FieldType[],
  data: readonly FieldType[],
): Uint8Array {
  return Buffer.concat([
    numbered(place.keyByteOrder, 0),
    numbered(place.dataByteOrder, 0),
    entry(place.keyExpression, concatenation(family, key)),
    entry(place.dataExpression, concatenation(family, data)),
    numbered(place.mergeElements, 0),
  ]);
}

function concatenation(family: IpFamily, fields: readonly FieldType[]): Uint8Array {
  return expression(
    kind.concatenation,
    fields.map((field, index) => entry(index, fieldExpression(family, field))),
  );
}

function fieldExpression(family: IpFamily, field: FieldType): Uint8Array {
  if (typeof field === 'object') return expression(kind.random, numbers(1, field.random, 0));
  switch (field) {
    case 'address':
      return expression(kind.payload, numbers(...addressField[family]));
    case 'protocol':
      return expression(kind.meta, numbers(16));
    case 'port':
      return expression(kind.payload, numbers(transportHeader.protocol, transportHeader.destinationPort));
  }
}

function expression(number: number, parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([numbered(0, number), entry(1, Buffer.concat(parts))]);
}

function numbers(...values: readonly number[]): Uint8Array[] {
  return values.map((value, index) => numbered(index, value));
}

function numbered(type: number, value: number): Uint8Array {
  return entry(type, u32(value));
}

function entry(type: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(type, value.length), value]);
}
