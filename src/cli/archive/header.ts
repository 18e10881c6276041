import type { TarType } from '#oci';

export const blockBytes = 512;

/** What a header says of a member; texts are byte strings (latin1). */
export interface MemberHeader {
  readonly type: TarType;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly sizeBytes: number;
  readonly major: number;
  readonly minor: number;
}

const typeFlags: Readonly<Record<Exclude<TarType, 'other'>, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};
const paxFlag = 'x';
const nameBytes = 100;
const largestSize = 0o77777777777;
const largestId = 0o7777777;

/** A member's header in ustar form, with a PAX header before it for what does not fit. */
export function encodeHeader(member: MemberHeader): Uint8Array {
  const records: [string, string][] = [];
  if (member.name.length > nameBytes) records.push(['path', member.name]);
  if (member.linkName.length > nameBytes) records.push(['linkpath', member.linkName]);
  if (member.sizeBytes > largestSize) records.push(['size', String(member.sizeBytes)]);
  if (member.uid > largestId) records.push(['uid', String(member.uid)]);
  if (member.gid > largestId) records.push(['gid', String(member.gid)]);
  const flag = member.type === 'other' ? '0' : typeFlags[member.type];
  const plain = encodeBlock(member, flag);
  return records.length === 0 ? plain : Buffer.concat([encodePax(member, records), plain]);
}

export function paddingOf(length: number): number {
  return (blockBytes - (length % blockBytes)) % blockBytes;
}

function encodePax(member: MemberHeader, records: readonly [string, string][]): Uint8Array {
  const content = Buffer.from(records.map(([key, value]) => paxRecord(key, value)).join(''), 'latin1');
  const header = { ...member, name: 'PaxHeaders.0/x', linkName: '', sizeBytes: content.length, mode: 0o644 };
  return Buffer.concat([encodeBlock(header, paxFlag), content, Buffer.alloc(paddingOf(content.length))]);
}

/** `length key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

function encodeBlock(member: MemberHeader, flag: string): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(member.name.slice(0, nameBytes), 0, 'latin1');
  writeOctal(block, 100, 8, member.mode);
  writeOctal(block, 108, 8, Math.min(member.uid, largestId));
  writeOctal(block, 116, 8, Math.min(member.gid, largestId));
  writeOctal(block, 124, 12, Math.min(member.sizeBytes, largestSize));
  writeOctal(block, 136, 12, Math.max(0, member.mtimeSeconds));
  block.write('        ', 148);
  block.write(flag, 156);
  block.write(member.linkName.slice(0, nameBytes), 157, 'latin1');
  block.write('ustar\x0000', 257);
  writeOctal(block, 329, 8, member.major);
  writeOctal(block, 337, 8, member.minor);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function writeOctal(block: Buffer, offset: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset);
}
