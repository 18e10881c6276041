import { Refusal } from '../refusal.ts';
import type { ByteRange } from '../storage/types.ts';

/**
 * The part of a blob that a Range header asks for; undefined for the whole: without a header, and for several ranges
 * or other units, which a server may leave unanswered.
 * @throws Refusal RANGE_INVALID, when no byte of it is there
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const offset = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (offset >= size || end <= offset) {
    const headers = { 'Content-Range': `bytes */${size}` };
    throw new Refusal('RANGE_INVALID', 'the blob has no such range', { headers });
  }
  return { offset, length: end - offset };
}

/** Where the bytes of an upload's request belong. */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
}

/** Reads `0-1023` or `bytes 0-1023/*` of an upload's Content-Range. @throws Refusal RANGE_INVALID */
export function readContentRange(header: string | undefined): ContentRange | undefined {
  if (header === undefined) return undefined;
  const [, first, last] =
    /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d{1,15}|\*))?$/.exec(header.trim()) ?? [];
  if (first === undefined || Number(last) < Number(first)) {
    throw new Refusal('RANGE_INVALID', 'malformed Content-Range');
  }
  return { first: Number(first), last: Number(last) };
}
