/** Fields of a zip (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16), by their offsets. */
const end = { signature: 0x06054b50, bytes: 22, count: 10, directory: 16 } as const;
const member = {
  ...{ signature: 0x02014b50, bytes: 46, method: 10, packedBytes: 20 },
  ...{ nameLength: 28, extraLength: 30, commentLength: 32, position: 42 },
} as const;
const local = { signature: 0x04034b50, bytes: 30, nameLength: 26, extraLength: 28 } as const;

const methods = { stored: 0, deflated: 8 } as const;

/** The files of a zip by their paths. @throws Error for what is none, or holds more than `limitBytes` */
export function readZip(archive: Buffer, limitBytes: number): Map<string, Uint8Array> {
  try {
    return readMembers(archive, limitBytes);
  } catch (error) {
    if (error instanceof RangeError) throw new Error('zip: not a valid zip file');
    throw error;
  }
}

function readMembers(archive: Buffer, limitBytes: number): Map<string, Uint8Array> {
  const trailer = findTrailer(archive);
  const files = new Map<string, Uint8Array>();
  let total = 0;
  let at = archive.readUInt32LE(trailer + end.directory);
  for (let left = archive.readUInt16LE(trailer + end.count); left > 0; left--) {
    if (archive.readUInt32LE(at) !== member.signature) throw new RangeError();
    const [nameLength, ...otherLengths] = [member.nameLength, member.extraLength, member.commentLength].map(
      (field) => archive.readUInt16LE(at + field),
    );
    const nameEnd = at + member.bytes + (nameLength ?? 0);
    const name = archive.subarray(at + member.bytes, nameEnd).toString();
    if (!name.endsWith('/')) {
      const content = readContent(archive, at, limitBytes);
      total += content.length;
      if (total > limitBytes) throw new Error('read exceeds the defined limit');
      files.set(name, content);
    }
    at = otherLengths.reduce((total, length) => total + length, nameEnd);
  }
  return files;
}

/** A comment of up to 64 KB may follow the trailer. */
function findTrailer(archive: Buffer): number {
  for (let at = archive.length - end.bytes; at >= 0; at--) {
    if (archive.readUInt32LE(at) === end.signature) return at;
  }
  throw new RangeError();
}

function readContent(archive: Buffer, at: number, limitBytes: number): Uint8Array {
  const header = archive.readUInt32LE(at + member.position);
  if (archive.readUInt32LE(header) !== local.signature) throw new RangeError();
  const start =
    header +
    local.bytes +
    archive.readUInt16LE(header + local.nameLength) +
    archive.readUInt16LE(header + local.extraLength);
  const packed = archive.subarray(start, start + archive.readUInt32LE(at + member.packedBytes));
  const method = archive.readUInt16LE(at + member.method);
  if (method === methods.stored) return packed;
  if (method !== methods.deflated) throw new Error('zip: unsupported compression algorithm');
  const { inflateRawSync } = process.getBuiltinModule('node:zlib');
  return inflateRawSync(packed, { maxOutputLength: limitBytes });
}
