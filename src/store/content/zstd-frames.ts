import { EngineError } from '#base';

const magicOfData = 0xfd2fb528;
const magicOfSkippable = 0x184d2a50;
const magicBytes = 4;
const blockHeadBytes = 3;
const checksumBytes = 4;

/** Whether a stream's first bytes are those of zstd, which may also begin with a frame to be skipped (RFC 8878). */
export function looksLikeZstd(head: Uint8Array): boolean {
  if (head.length < magicBytes) return false;
  const magic = readNumber(head.subarray(0, magicBytes));
  return magic === magicOfData || isSkippable(magic);
}

/**
 * Walks over the frames of a zstd stream without looking into them, so that a stream which is cut or goes on as
 * something else is told from a whole one: decoders end silently at both.
 */
export class ZstdFrames {
  #skipBytes = 0;
  #head: number[] = [];
  #headBytes = magicBytes;
  #takeHead: (head: Uint8Array) => void = (head) => this.#magic(head);
  #isBetween = true;
  #hasChecksum = false;

  /** @returns where in the piece frames begin. @throws EngineError invalid, for what is no frame */
  push(piece: Uint8Array): readonly number[] {
    const starts: number[] = [];
    for (let at = 0; at < piece.length; ) {
      const skipped = Math.min(this.#skipBytes, piece.length - at);
      this.#skipBytes -= skipped;
      at += skipped;
      if (at >= piece.length) break;
      if (this.#isBetween && this.#head.length === 0) starts.push(at);
      this.#addToHead(piece[at++] ?? 0);
    }
    return starts;
  }

  /** @throws EngineError invalid, when the stream has ended within a frame */
  finish(): void {
    const isWhole = this.#isBetween && this.#head.length === 0 && this.#skipBytes === 0;
    if (!isWhole) throw new EngineError('invalid', 'unexpected EOF');
  }

  #addToHead(byte: number): void {
    this.#head.push(byte);
    if (this.#head.length < this.#headBytes) return;
    const head = Uint8Array.from(this.#head);
    this.#head = [];
    this.#takeHead(head);
  }

  #expect(bytes: number, take: (head: Uint8Array) => void): void {
    this.#headBytes = bytes;
    this.#takeHead = take;
  }

  #magic(head: Uint8Array): void {
    const magic = readNumber(head);
    this.#isBetween = false;
    if (magic === magicOfData) {
      this.#expect(1, (descriptor) => this.#descriptor(descriptor[0] ?? 0));
    } else if (isSkippable(magic)) {
      this.#expect(4, (length) => this.#endFrame(readNumber(length)));
    } else {
      throw new EngineError('invalid', 'zstd: invalid frame');
    }
  }

  /** What of the frame's head follows is of no interest here. */
  #descriptor(descriptor: number): void {
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    this.#hasChecksum = (descriptor & 4) !== 0;
    this.#skipBytes = (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
    this.#expectBlock();
  }

  #expectBlock(): void {
    this.#expect(blockHeadBytes, (head) => this.#block(readNumber(head)));
  }

  #block(head: number): void {
    const isLast = (head & 1) !== 0;
    const isRepeatedByte = ((head >> 1) & 3) === 1;
    const bytes = isRepeatedByte ? 1 : head >> 3;
    if (isLast) this.#endFrame(bytes + (this.#hasChecksum ? checksumBytes : 0));
    else this.#skipBytes = bytes;
  }

  /** The frame's last bytes follow, and then another frame. */
  #endFrame(bytes: number): void {
    this.#skipBytes = bytes;
    this.#isBetween = true;
    this.#expect(magicBytes, (head) => this.#magic(head));
  }
}

function isSkippable(magic: number): boolean {
  return (magic & ~0xf) >>> 0 === magicOfSkippable;
}

/** Little-endian. */
function readNumber(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
