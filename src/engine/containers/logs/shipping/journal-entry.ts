const lineFeed = 0x0a;

/** An entry of the journal's native protocol. A value with a line feed is told by its length. */
export function encodeJournalEntry(fields: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === '') continue;
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    if (bytes.includes(lineFeed)) parts.push(Buffer.from(`${name}\n`), lengthOf(bytes), bytes);
    else parts.push(Buffer.from(`${name}=`), bytes);
    parts.push(Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return length;
}
