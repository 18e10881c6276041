import { encodeName } from '../message/name.ts';

export interface MadeQuery {
  readonly type?: number;
  readonly id?: number;
  /** The size that an OPT record tells; absent: no such record. */
  readonly udpBytes?: number;
}

/** A question as a client sends it. */
export function makeQuery(name: string, { type = 1, id = 7, udpBytes }: MadeQuery = {}): Buffer {
  const extra = udpBytes === undefined ? [] : [Buffer.of(0), words(41, udpBytes, 0, 0, 0)];
  return Buffer.concat([
    words(id, 0x0100, 1, 0, 0, extra.length > 0 ? 1 : 0),
    encodeName(name),
    words(type, 1),
    ...extra,
  ]);
}

export interface ReadResponse {
  readonly id: number;
  readonly code: number;
  readonly truncated: boolean;
  readonly counts: readonly number[];
  /** Of records whose name is a pointer to the question's. */
  readonly records: readonly { readonly type: number; readonly data: Buffer }[];
}

/** Reads a response to a question that makeQuery() made. */
export function readResponse(message: Uint8Array, question: Uint8Array): ReadResponse {
  const bytes = Buffer.from(message);
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  const records: { type: number; data: Buffer }[] = [];
  let at = 12 + question.indexOf(0, 12) - 12 + 5;
  for (let left = counts[1] ?? 0; left > 0; left--) {
    const end = at + 12 + bytes.readUInt16BE(at + 10);
    records.push({ type: bytes.readUInt16BE(at + 2), data: bytes.subarray(at + 12, end) });
    at = end;
  }
  const flags = bytes.readUInt16BE(2);
  return { id: bytes.readUInt16BE(0), code: flags & 15, truncated: (flags & 0x200) !== 0, counts, records };
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, place) => void bytes.writeUInt16BE(value, place * 2));
  return bytes;
}
