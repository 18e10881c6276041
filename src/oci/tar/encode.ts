import { encodeSparse } from './encode-sparse.ts';
import { blockBytes } from './fields.ts';
import type { TarMembers } from './stream.ts';
import type { TarEntry, TarExtent, TarType } from './types.ts';

/** Two empty blocks end an archive. */
const trailer = new Uint8Array(2 * blockBytes);

/** So many bytes are gathered before they are handed on. */
const gatheredBytes = 256 * 1024;
/** Pieces from this length on are handed on by themselves: to copy them would take as long as to read them. */
const largeBytes = 64 * 1024;

/** Archive members as the bytes of a tar (POSIX ustar, with pax records for what does not fit), in large pieces. */
export async function* encodeTar(members: TarMembers): AsyncGenerator<Uint8Array> {
  const gathered = new Gathered();
  let contentBytes = 0;
  for await (const item of members) {
    if (item.kind === 'content') {
      contentBytes += item.piece.length;
      if (item.piece.length >= largeBytes) {
        if (gathered.bytes > 0) yield gathered.take();
        yield item.piece;
        continue;
      }
      gathered.add(item.piece);
    } else {
      gathered.add(...padding(contentBytes), encodeTarEntry(item.entry));
      contentBytes = 0;
    }
    if (gathered.bytes >= gatheredBytes) yield gathered.take();
  }
  gathered.add(...padding(contentBytes), trailer);
  yield gathered.take();
}

/** Pieces on their way to become one. */
class Gathered {
  bytes = 0;
  #pieces: Uint8Array[] = [];

  add(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.bytes += piece.length;
    this.#pieces.push(...pieces);
  }

  take(): Uint8Array {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.bytes = 0;
    return all;
  }
}

function* padding(contentBytes: number): Generator<Uint8Array> {
  const over = contentBytes % blockBytes;
  if (over > 0) yield new Uint8Array(blockBytes - over);
}

const typeFlags: Readonly<Record<TarType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
  other: '0',
};

/** The header blocks of one member; of a sparse file its map too, so that its stored bytes follow. */
export function encodeTarEntry(entry: TarEntry): Uint8Array {
  if (entry.extents !== undefined) return encodeSparseEntry(entry, entry.extents);
  const name = entry.type === 'directory' && !entry.name.endsWith('/') ? `${entry.name}/` : entry.name;
  const named = { ...entry, name };
  const records = paxRecords(named);
  const header = encodeHeader(named, typeFlags[entry.type], entry.sizeBytes);
  return records.length === 0 ? header : Buffer.concat([encodePax(named, records), header]);
}

function encodeSparseEntry(entry: TarEntry, extents: readonly TarExtent[]): Uint8Array {
  const { records, name, map } = encodeSparse(entry, extents);
  const sizeBytes = map.length + entry.storedBytes;
  const carrier = { ...entry, name: name.slice(0, fieldLimits.name), sizeBytes };
  const pax = records.map(([key, value]) => paxRecord(key, Buffer.from(value, 'latin1')));
  const header = encodeHeader(carrier, typeFlags.file, sizeBytes);
  return Buffer.concat([encodePax(carrier, [...pax, ...paxRecords(carrier)]), header, map]);
}

const fieldLimits = {
  name: 100,
  linkName: 100,
  id: 0o7777777,
  size: 0o77777777777,
  time: 0o77777777777,
} as const;

/** What the header's fields can't hold, as `length key=value` lines (pax, POSIX.1-2001). */
function paxRecords(entry: TarEntry): Buffer[] {
  const records: Buffer[] = [];
  const add = (key: string, value: Uint8Array | string) => {
    records.push(paxRecord(key, typeof value === 'string' ? Buffer.from(value, 'latin1') : value));
  };
  if (entry.name.length > fieldLimits.name) add('path', entry.name);
  if (entry.linkName.length > fieldLimits.linkName) add('linkpath', entry.linkName);
  if (entry.uid > fieldLimits.id) add('uid', String(entry.uid));
  if (entry.gid > fieldLimits.id) add('gid', String(entry.gid));
  if (entry.sizeBytes > fieldLimits.size) add('size', String(entry.sizeBytes));
  const { mtimeSeconds, mtimeNanos } = entry;
  if (mtimeNanos > 0 || mtimeSeconds < 0 || mtimeSeconds > fieldLimits.time) add('mtime', formatTime(entry));
  for (const { name, value } of entry.xattrs) add(`SCHILY.xattr.${name}`, value);
  return records;
}

/** Of a time before 1970 whole and part count backwards: -1.25 is 750,000,000 ns after the second -2. */
function formatTime({ mtimeSeconds, mtimeNanos }: TarEntry): string {
  const borrows = mtimeSeconds < 0 && mtimeNanos > 0;
  const nanos = borrows ? 1_000_000_000 - mtimeNanos : mtimeNanos;
  const whole = Math.abs(mtimeSeconds + (borrows ? 1 : 0));
  const fraction = `.${String(nanos).padStart(9, '0')}`.replace(/\.?0+$/, '');
  return `${mtimeSeconds < 0 ? '-' : ''}${whole}${fraction}`;
}

/** The length counts itself. */
function paxRecord(key: string, value: Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function encodePax(entry: TarEntry, records: readonly Buffer[]): Buffer {
  const body = Buffer.concat(records);
  const padded = Buffer.concat([body, ...padding(body.length)]);
  const carrier = {
    ...entry,
    name: 'PaxHeaders/member',
    linkName: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtimeSeconds: 0,
  };
  return Buffer.concat([encodeHeader(carrier, 'x', body.length), padded]);
}

function encodeHeader(entry: TarEntry, typeFlag: string, sizeBytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, offset: number, digits: number) => {
    const shown = value < 0 || value >= 8 ** digits ? 0 : value;
    header.write(shown.toString(8).padStart(digits, '0'), offset, 'latin1');
  };
  header.write(entry.name.slice(0, fieldLimits.name), 0, 'latin1');
  octal(entry.mode, 100, 7);
  octal(entry.uid, 108, 7);
  octal(entry.gid, 116, 7);
  octal(sizeBytes, 124, 11);
  octal(entry.mtimeSeconds, 136, 11);
  header.write(typeFlag, 156, 'latin1');
  header.write(entry.linkName.slice(0, fieldLimits.linkName), 157, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  octal(entry.major, 329, 7);
  octal(entry.minor, 337, 7);
  writeChecksum(header);
  return header;
}

/** The sum of the header's bytes, its own field taken as blanks. */
function writeChecksum(header: Buffer): void {
  header.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
