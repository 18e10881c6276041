import { looksLikeTar, tarBlockBytes } from '#oci';
import { detectCompression } from '#store/content';

const documentLimitBytes = 8 << 20;
const openBrace = 0x7b;
const openBracket = 0x5b;

/** How many bytes of a member are needed to tell what it is. */
export function headLength(sizeBytes: number): number {
  return Math.min(sizeBytes, tarBlockBytes);
}

/** What a member of an image archive is, by its first bytes: names differ between the forms of archives. */
export function classifyMember(
  sizeBytes: number,
  head: Uint8Array,
): 'layer' | 'compressed layer' | 'document' | 'other' {
  if (detectCompression(head) !== 'none') return 'compressed layer';
  if (looksLikeTar(head)) return 'layer';
  const isJson = head[0] === openBrace || head[0] === openBracket;
  return isJson && sizeBytes <= documentLimitBytes ? 'document' : 'other';
}
