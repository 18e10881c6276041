import { readName, skipName } from './name.ts';
import { flag, headerBytes, leastUdpBytes, recordType, responseCode } from './record-type.ts';

/** One question of a client. */
export interface Query {
  readonly id: number;
  readonly flags: number;
  /** In lower case, without the final dot. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Name, type and class as they came. */
  readonly question: Uint8Array;
  /** Longest answer that the client takes over UDP. */
  readonly udpBytes: number;
  /** The client speaks EDNS, so its answer does. */
  readonly isExtended: boolean;
}

/** A message that is no question we know; its answer says so. */
export interface BadQuery {
  readonly id: number;
  readonly flags: number;
  readonly problem: number;
}

/**
 * Reads what a client sent, whatever it is.
 * @returns undefined for what gets no answer: responses, and what is too short to have an id
 */
export function decodeQuery(bytes: Uint8Array): Query | BadQuery | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [id, flags] = [view.getUint16(0), view.getUint16(2)];
  if ((flags & flag.response) !== 0) return undefined;
  const bad = (problem: number): BadQuery => ({ id, flags, problem });
  if (opcodeOf(flags) !== 0) return bad(responseCode.notImplemented);
  if (view.getUint16(4) !== 1) return bad(responseCode.badFormat);
  const found = readName(bytes, headerBytes);
  if (found === undefined || found.end + 4 > bytes.length) return bad(responseCode.badFormat);
  const end = found.end + 4;
  const extension = readExtension(bytes, view, end);
  if (extension === 'broken') return bad(responseCode.badFormat);
  return {
    id,
    flags,
    name: found.name,
    type: view.getUint16(found.end),
    class: view.getUint16(found.end + 2),
    question: bytes.slice(headerBytes, end),
    udpBytes: Math.max(extension ?? 0, leastUdpBytes),
    isExtended: extension !== undefined,
  };
}

export function isBad(query: Query | BadQuery): query is BadQuery {
  return 'problem' in query;
}

function opcodeOf(flags: number): number {
  return (flags >> 11) & 15;
}

/** The size that the OPT record among those behind the question tells; undefined without one. */
function readExtension(bytes: Uint8Array, view: DataView, start: number): number | 'broken' | undefined {
  const fixedBytes = 10;
  let at = start;
  let told: number | undefined;
  for (let left = view.getUint16(6) + view.getUint16(8) + view.getUint16(10); left > 0; left--) {
    const fields = skipName(bytes, at);
    if (fields === undefined || fields + fixedBytes > bytes.length) return 'broken';
    if (view.getUint16(fields) === recordType.opt) told = view.getUint16(fields + 2);
    at = fields + fixedBytes + view.getUint16(fields + 8);
    if (at > bytes.length) return 'broken';
  }
  return told;
}
