import type { BadQuery, Query } from './query.ts';
import { flag, headerBytes, recordClass, recordType } from './record-type.ts';

/** A record about the name that was asked for. */
export interface AnswerRecord {
  readonly type: number;
  readonly data: Uint8Array;
}

/** How long clients may remember an answer: names follow their containers. */
const lifeSeconds = 5;
const recordHeaderBytes = 12;
const extensionBytes = 11;
/** What we take over UDP, told by EDNS: it fits a frame of any network. */
const ownUdpBytes = 1232;

/**
 * The response to a query.
 * @param limitBytes records that do not fit are left out, and the response says so
 */
export function encodeResponse(
  query: Query,
  code: number,
  records: readonly AnswerRecord[],
  limitBytes: number,
): Uint8Array {
  const ending = query.isExtended ? extensionBytes : 0;
  const fitting = takeFitting(records, limitBytes - headerBytes - query.question.length - ending);
  const flags = responseFlags(query) | code | (fitting.length < records.length ? flag.truncated : 0);
  const parts = [
    header(query.id, flags, [1, fitting.length, 0, query.isExtended ? 1 : 0]),
    query.question,
    ...fitting.flatMap(({ type, data }) => [recordHeader(type, data.length), data]),
  ];
  if (query.isExtended) parts.push(extension());
  return Buffer.concat(parts);
}

/** The response to what could not be read: a header that names the problem. */
export function encodeRefusal(query: BadQuery): Uint8Array {
  return header(query.id, responseFlags(query) | query.problem, [0, 0, 0, 0]);
}

/** A response of another server, as it fits: too long a one keeps its header and its question only. */
export function limitResponse(query: Query, response: Uint8Array, limitBytes: number): Uint8Array {
  if (response.length <= limitBytes) return response;
  const view = new DataView(response.buffer, response.byteOffset, response.length);
  return Buffer.concat([header(query.id, view.getUint16(2) | flag.truncated, [1, 0, 0, 0]), query.question]);
}

function takeFitting(records: readonly AnswerRecord[], limitBytes: number): readonly AnswerRecord[] {
  let bytes = 0;
  const cut = records.findIndex(({ data }) => {
    bytes += recordHeaderBytes + data.length;
    return bytes > limitBytes;
  });
  return cut < 0 ? records : records.slice(0, cut);
}

function responseFlags({ flags }: Pick<Query, 'flags'>): number {
  const kept = flags & (flag.recursionDesired | flag.checkingDisabled | 0x7800);
  return flag.response | flag.recursionAvailable | kept;
}

function header(id: number, flags: number, counts: readonly number[]): Uint8Array {
  return numbers([id, flags, ...counts]);
}

/** Its name is the one of the question, behind the header. */
function recordHeader(type: number, dataBytes: number): Uint8Array {
  const pointer = 0xc000 | headerBytes;
  return numbers([pointer, type, recordClass.internet, 0, lifeSeconds, dataBytes]);
}

function extension(): Uint8Array {
  return Buffer.concat([Buffer.of(0), numbers([recordType.opt, ownUdpBytes, 0, 0, 0])]);
}

/** Numbers of two bytes. */
function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, place) => void bytes.writeUInt16BE(value, place * 2));
  return bytes;
}
