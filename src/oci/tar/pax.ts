import { byteString, invalidHeader } from './fields.ts';
import type { TarXattr } from './types.ts';

/** What extended headers say of the next member, or, in a global one, of all that follow. */
export interface Extension {
  path?: string;
  linkPath?: string;
  size?: number;
  uid?: number;
  gid?: number;
  mtimeSeconds?: number;
  mtimeNanos?: number;
  xattrs?: TarXattr[];
  sparse?: SparseExtension;
}

/** GNU's sparse files in PAX form: version 1.0 has its map before the data, the older ones have it here. */
export interface SparseExtension {
  major?: string;
  name?: string;
  size?: number;
  map?: number[];
}

/** The kernel lists the names of a file's attributes in 64 KiB; more no file can have. */
const mostXattrs = 8192;

const schilyXattr = 'SCHILY.xattr.';
const libarchiveXattr = 'LIBARCHIVE.xattr.';

/** Reads the records of a PAX header, `length key=value\n` each, into `extension`. @throws EngineError invalid */
export function readPax(body: Uint8Array, extension: Extension): void {
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const blank = body.indexOf(0x20, at);
    const length = Number(byteString(body, at, Math.max(blank, at)));
    const end = at + length;
    const equals = body.indexOf(0x3d, blank);
    if (!(length > 0) || end > body.length || body[end - 1] !== 0x0a || equals < 0 || equals >= end) {
      throw invalidHeader();
    }
    applyRecord(extension, byteString(body, blank + 1, equals), body.subarray(equals + 1, end - 1));
    at = end;
  }
}

function applyRecord(extension: Extension, key: string, value: Uint8Array): void {
  if (key.startsWith(schilyXattr)) {
    addXattr(extension, key.slice(schilyXattr.length), new Uint8Array(value));
  } else if (key.startsWith(libarchiveXattr)) {
    addXattr(
      extension,
      decodeName(key.slice(libarchiveXattr.length)),
      Buffer.from(byteString(value, 0, value.length), 'base64'),
    );
  } else if (key.startsWith('GNU.sparse.')) {
    extension.sparse ??= {};
    applySparse(extension.sparse, key.slice('GNU.sparse.'.length), byteString(value, 0, value.length));
  } else {
    applyText(extension, key, byteString(value, 0, value.length));
  }
}

/** libarchive writes names as UTF-8 with percent signs, as in addresses. */
function decodeName(text: string): string {
  try {
    return Buffer.from(decodeURIComponent(text)).toString('latin1');
  } catch {
    throw invalidHeader();
  }
}

/** A writer may give one attribute in both forms; the first one stays. */
function addXattr(extension: Extension, name: string, value: Uint8Array): void {
  extension.xattrs ??= [];
  if (extension.xattrs.length >= mostXattrs) throw invalidHeader();
  if (!extension.xattrs.some((xattr) => xattr.name === name)) extension.xattrs.push({ name, value });
}

function applyText(extension: Extension, key: string, value: string): void {
  if (value === '') return;
  if (key === 'path') extension.path = value;
  else if (key === 'linkpath') extension.linkPath = value;
  else if (key === 'size') extension.size = parseCount(value);
  else if (key === 'uid') extension.uid = parseCount(value);
  else if (key === 'gid') extension.gid = parseCount(value);
  else if (key === 'mtime') applyTime(extension, value);
}

function applySparse(sparse: SparseExtension, key: string, value: string): void {
  if (key === 'major') sparse.major = value;
  else if (key === 'name') sparse.name = value;
  else if (key === 'size' || key === 'realsize') sparse.size = parseCount(value);
  else if (key === 'map') sparse.map = value === '' ? [] : value.split(',').map(parseCount);
  else if (key === 'offset' || key === 'numbytes') {
    sparse.map ??= [];
    sparse.map.push(parseCount(value));
  }
}

/** `-1.25` is one and a quarter seconds before 1970: -2 s and 750,000,000 ns. */
function applyTime(extension: Extension, value: string): void {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(value);
  if (match === null) throw invalidHeader();
  const [, sign, whole, fraction = ''] = match;
  const seconds = Number(whole);
  if (!Number.isSafeInteger(seconds)) throw invalidHeader();
  const nanos = Number(`${fraction}000000000`.slice(0, 9));
  const borrows = sign === '-' && nanos > 0;
  extension.mtimeSeconds = sign === '-' ? -seconds - (borrows ? 1 : 0) : seconds;
  extension.mtimeNanos = borrows ? 1_000_000_000 - nanos : nanos;
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) throw invalidHeader();
  return count;
}
