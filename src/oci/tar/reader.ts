import { EngineError } from '#base';
import { blockBytes, byteString, invalidHeader, paddedLength, readNumber } from './fields.ts';
import { isEndBlock, parseHeader, type TarHeader } from './header.ts';
import { type Extension, readPax } from './pax.ts';
import { gnuContinuation, gnuHeader, layExtents, PaxMapReader, readGnuPairs } from './sparse.ts';
import type { TarEntry, TarSink, TarType, TarXattr } from './types.ts';

const extendedHeaderLimit = 8 << 20;
const noXattrs: readonly TarXattr[] = [];
const types: Readonly<Record<string, TarType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

/** An entry whose sparse map may still be outstanding. */
type Member = { -readonly [Key in keyof TarEntry]: TarEntry[Key] };

/**
 * Reads an archive that comes in pieces: v7, ustar, PAX and GNU forms with long names, big numbers, extended
 * attributes and every kind of sparse file. What follows the end mark is ignored.
 */
export class TarReader {
  readonly #sink: TarSink;
  /** Bytes that were consumed so far. */
  #offset = 0;
  /** What to do with the next unit of `#unitBytes` bytes. */
  #take: (unit: Uint8Array) => void = (unit) => this.#header(unit);
  #unitBytes = blockBytes;
  #partial = new Uint8Array(blockBytes);
  #partialBytes = 0;
  #contentBytes = 0;
  #paddingBytes = 0;
  #ended = false;
  #extension: Extension = {};
  readonly #global: Extension = {};

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  /** Takes the next piece of the archive. @throws EngineError invalid, for what is not a tar archive */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#ended) {
      const used = this.#passContent(chunk, at) || this.#passPadding(chunk, at) || this.#gather(chunk, at);
      at += used;
    }
  }

  /** How much of the latest member's stored bytes is still to come. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  /** How much it can take before it knows more: to the end of a member's bytes, or of the next header. */
  get wantedBytes(): number {
    if (this.#ended) return Number.POSITIVE_INFINITY;
    return this.#contentBytes > 0
      ? this.#contentBytes
      : this.#paddingBytes + this.#unitBytes - this.#partialBytes;
  }

  /** Says that so many of the latest member's stored bytes have gone to where they belong by another way. */
  pass(length: number): void {
    if (length > this.#contentBytes) throw new RangeError('the member is shorter');
    this.#contentBytes -= length;
    this.#offset += length;
  }

  /**
   * Says that the archive ended.
   * @param needsMark whether it has to end with its mark: else one that was cut off between two members passes
   * @throws EngineError invalid, when it ended within a member
   */
  finish(needsMark = false): void {
    const complete =
      !needsMark &&
      this.#contentBytes === 0 &&
      this.#partialBytes === 0 &&
      this.#unitBytes === blockBytes &&
      Object.keys(this.#extension).length === 0;
    if (!this.#ended && !complete) throw new EngineError('invalid', 'unexpected EOF');
  }

  #passContent(chunk: Uint8Array, at: number): number {
    const length = Math.min(this.#contentBytes, chunk.length - at);
    if (length === 0) return 0;
    this.#sink.content?.(chunk.subarray(at, at + length));
    this.#contentBytes -= length;
    this.#offset += length;
    return length;
  }

  #passPadding(chunk: Uint8Array, at: number): number {
    const length = Math.min(this.#paddingBytes, chunk.length - at);
    this.#paddingBytes -= length;
    this.#offset += length;
    return length;
  }

  /** Hands a full unit on, straight from the chunk when it is whole there. */
  #gather(chunk: Uint8Array, at: number): number {
    const missing = this.#unitBytes - this.#partialBytes;
    const length = Math.min(missing, chunk.length - at);
    this.#offset += length;
    if (length === this.#unitBytes) {
      this.#take(chunk.subarray(at, at + length));
      return length;
    }
    if (this.#partial.length < this.#unitBytes) this.#growPartial();
    this.#partial.set(chunk.subarray(at, at + length), this.#partialBytes);
    this.#partialBytes += length;
    if (length === missing) {
      const unit = this.#partial.subarray(0, this.#unitBytes);
      this.#partialBytes = 0;
      this.#take(unit);
    }
    return length;
  }

  #growPartial(): void {
    const grown = new Uint8Array(this.#unitBytes);
    grown.set(this.#partial.subarray(0, this.#partialBytes));
    this.#partial = grown;
  }

  #expect(unitBytes: number, take: (unit: Uint8Array) => void): void {
    this.#unitBytes = unitBytes;
    this.#take = take;
  }

  #expectHeader(): void {
    this.#expect(blockBytes, (unit) => this.#header(unit));
  }

  #header(block: Uint8Array): void {
    if (block[0] === 0 && isEndBlock(block)) {
      this.#ended = true;
      return;
    }
    const header = parseHeader(block);
    if ('xgLK'.includes(header.typeFlag)) this.#expectExtension(header);
    else this.#member(header, block);
  }

  #expectExtension({ typeFlag, size }: TarHeader): void {
    if (size > extendedHeaderLimit) throw invalidHeader();
    if (size === 0) return;
    this.#expect(size, (body) => {
      this.#paddingBytes = paddedLength(size) - size;
      this.#expectHeader();
      if (typeFlag === 'g') readPax(body, this.#global);
      else if (typeFlag === 'x') readPax(body, this.#extension);
      else if (typeFlag === 'L') this.#extension.path = gnuLongText(body);
      else this.#extension.linkPath = gnuLongText(body);
    });
  }

  #member(header: TarHeader, block: Uint8Array): void {
    const extension = { ...this.#global, ...this.#extension };
    this.#extension = {};
    const member = describe(header, extension, this.#offset);
    const sparse = extension.sparse;
    if (header.typeFlag === 'S') this.#gnuSparse(member, block);
    else if (sparse?.major === '1') this.#paxSparse(member, sparse.size);
    else if (sparse?.map !== undefined)
      this.#emitSparse({ ...member, sizeBytes: sparse.size ?? 0 }, sparse.map);
    else this.#emit(member);
  }

  #gnuSparse(member: Member, block: Uint8Array): void {
    const map: number[] = [];
    readGnuPairs(block, gnuHeader.mapAt, gnuHeader.mapCount, map);
    member.sizeBytes = readNumber(block, gnuHeader.sizeAt, 12);
    if (block[gnuHeader.extendedAt] !== 1) this.#emitSparse(member, map);
    else this.#expect(gnuContinuation.length, (next) => this.#gnuContinuation(member, map, next));
  }

  #gnuContinuation(member: Member, map: number[], block: Uint8Array): void {
    readGnuPairs(block, 0, gnuContinuation.mapCount, map);
    if (block[gnuContinuation.extendedAt] === 1) return;
    this.#emitSparse({ ...member, position: this.#offset }, map);
  }

  #paxSparse(member: Member, sizeBytes: number | undefined): void {
    if (sizeBytes === undefined) throw invalidHeader();
    const lines = new PaxMapReader();
    const end = member.position + member.storedBytes;
    this.#expect(blockBytes, (block) => {
      const map = lines.take(block);
      if (this.#offset > paddedLength(end)) throw invalidHeader();
      if (map === undefined) return;
      const position = this.#offset;
      this.#emitSparse({ ...member, sizeBytes, position, storedBytes: end - position }, map);
    });
  }

  #emitSparse(member: Member, map: readonly number[]): void {
    member.extents = layExtents(map, member);
    this.#emit(member);
  }

  #emit(member: Member): void {
    this.#contentBytes = member.storedBytes;
    this.#paddingBytes = paddedLength(member.storedBytes) - member.storedBytes;
    this.#expectHeader();
    this.#sink.entry(member);
  }
}

function describe(header: TarHeader, extension: Extension, position: number): Member {
  const name = extension.sparse?.name ?? extension.path ?? header.name;
  const type = typeOf(header.typeFlag, name);
  const hasContent = type === 'file' || type === 'other';
  const storedBytes = hasContent ? (extension.size ?? header.size) : 0;
  return {
    type,
    name,
    linkName: type === 'hardlink' || type === 'symlink' ? (extension.linkPath ?? header.linkName) : '',
    mode: header.mode,
    uid: extension.uid ?? header.uid,
    gid: extension.gid ?? header.gid,
    mtimeSeconds: extension.mtimeSeconds ?? header.mtime,
    mtimeNanos: extension.mtimeNanos ?? 0,
    major: header.major,
    minor: header.minor,
    xattrs: extension.xattrs ?? noXattrs,
    sizeBytes: type === 'file' ? storedBytes : 0,
    position,
    storedBytes,
    extents: undefined,
  };
}

/** Before ustar, a directory was a file whose name ends in a slash. */
function typeOf(flag: string, name: string): TarType {
  return flag === '\0' && name.endsWith('/') ? 'directory' : (types[flag] ?? 'other');
}

function gnuLongText(body: Uint8Array): string {
  const end = body.indexOf(0);
  return byteString(body, 0, end < 0 ? body.length : end);
}
