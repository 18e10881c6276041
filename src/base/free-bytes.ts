const smallestBytes = 16 << 10;

/**
 * Gives the memory of bytes back at once, not when the collector comes by: what streams through in large pieces would
 * pile up until then. Only for the owner of the bytes, which are gone afterwards; does nothing to a view of a larger
 * buffer.
 */
export function freeBytes(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength < smallestBytes || buffer.byteLength !== byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
