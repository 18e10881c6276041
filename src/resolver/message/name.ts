const mostNameBytes = 255;
const mostLabelBytes = 63;

/** A name as it stands in a message. */
export interface ReadName {
  /** In lower case, without the final dot; what is no plain text in it matches no name of a container. */
  readonly name: string;
  /** Where what follows begins. */
  readonly end: number;
}

/** Reads a name that is not compressed: questions come whole. @returns undefined, when it is none */
export function readName(bytes: Uint8Array, start: number): ReadName | undefined {
  const labels: string[] = [];
  let at = start;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > mostLabelBytes) return undefined;
    at += 1;
    if (length === 0) break;
    if (at + length > bytes.length || at + length - start >= mostNameBytes) return undefined;
    labels.push(readLabel(bytes, at, at + length));
    at += length;
  }
  return { name: labels.join('.'), end: at };
}

/** A dot inside a label is not one between labels. */
function readLabel(bytes: Uint8Array, start: number, end: number): string {
  let label = '';
  for (let at = start; at < end; at++) label += String.fromCharCode(bytes[at] ?? 0);
  return label.toLowerCase().replaceAll('.', '\\.');
}

/** Where the name that starts here ends, compressed or not. @returns undefined, when it does not */
export function skipName(bytes: Uint8Array, start: number): number | undefined {
  const pointerBits = 0xc0;
  for (let at = start; ; ) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return at + 1;
    if ((length & pointerBits) === pointerBits) return at + 2 <= bytes.length ? at + 2 : undefined;
    if (length > mostLabelBytes) return undefined;
    at += 1 + length;
  }
}

/** The wire form of a text with dots; labels and names that are too long for DNS are cut. */
export function encodeName(name: string): Uint8Array {
  const parts: Buffer[] = [];
  let length = 1;
  for (const label of name.split('.').filter(Boolean)) {
    const bytes = Buffer.from(label).subarray(0, mostLabelBytes);
    length += 1 + bytes.length;
    if (length > mostNameBytes) break;
    parts.push(Buffer.of(bytes.length), bytes);
  }
  return Buffer.concat([...parts, Buffer.of(0)]);
}
