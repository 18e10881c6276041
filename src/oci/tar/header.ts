import { blockBytes, invalidHeader, readNumber, readText } from './fields.ts';

/** The fixed part of a member, before extended headers have their say. */
export interface TarHeader {
  readonly typeFlag: string;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly major: number;
  readonly minor: number;
}

const checksumAt = 148;
const checksumLength = 8;
const magicAt = 257;
const space = 0x20;

/** Whether a block ends the archive. */
export function isEndBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** Whether a block can be the first of an archive: a sound header, or the end of an empty one. */
export function looksLikeTar(block: Uint8Array): boolean {
  return block.length >= blockBytes && (hasChecksum(block) || isEndBlock(block.subarray(0, blockBytes)));
}

/** @throws EngineError invalid, when the checksum or a number is wrong */
export function parseHeader(block: Uint8Array): TarHeader {
  if (!hasChecksum(block)) throw invalidHeader();
  const size = readNumber(block, 124, 12);
  if (size < 0) throw invalidHeader();
  const prefix = isUstar(block) ? readText(block, 345, 155) : '';
  const name = readText(block, 0, 100);
  return {
    typeFlag: String.fromCharCode(block[156] ?? 0),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: readText(block, 157, 100),
    mode: readNumber(block, 100, 8) & 0o7777,
    uid: readNumber(block, 108, 8),
    gid: readNumber(block, 116, 8),
    size,
    mtime: readNumber(block, 136, 12),
    major: hasDeviceNumbers(block) ? readNumber(block, 329, 8) : 0,
    minor: hasDeviceNumbers(block) ? readNumber(block, 337, 8) : 0,
  };
}

/** POSIX form: `ustar\0`. GNU's `ustar  \0` has no name prefix. */
function isUstar(block: Uint8Array): boolean {
  return readText(block, magicAt, 8).startsWith('ustar') && block[magicAt + 5] === 0;
}

function hasDeviceNumbers(block: Uint8Array): boolean {
  return readText(block, magicAt, 5) === 'ustar';
}

/** The sum counts the checksum field itself as spaces; some old writers added signed bytes. */
function hasChecksum(block: Uint8Array): boolean {
  let unsigned = checksumLength * space;
  let highBytes = 0;
  for (let i = 0; i < blockBytes; i++) {
    if (i === checksumAt) i += checksumLength;
    const byte = block[i] ?? 0;
    unsigned += byte;
    highBytes += byte >> 7;
  }
  const wanted = tryReadChecksum(block);
  return wanted === unsigned || wanted === unsigned - highBytes * 256;
}

function tryReadChecksum(block: Uint8Array): number | undefined {
  try {
    return readNumber(block, checksumAt, checksumLength);
  } catch {
    return undefined;
  }
}
