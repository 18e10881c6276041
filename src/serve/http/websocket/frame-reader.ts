import { ByteBuffer } from '../byte-buffer.ts';

/** Codes of RFC 6455, section 5.2. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Codes that a close frame gives for its reason, section 7.4.1. */
export const closeCode = { normal: 1000, protocolError: 1002 } as const;

export type FrameEvent =
  /** A part of a data message; how messages are cut into frames means nothing to a stream. */
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'ping' | 'pong' | 'close'; readonly bytes: Buffer };

/** A peer that does not keep to RFC 6455. */
export class FrameError extends Error {}

interface FrameHead {
  readonly code: number;
  readonly mask: Buffer;
}

const longestControl = 125;
const maskBytes = 4;

/**
 * What a client sends over a WebSocket, to be pulled: push() what arrived, then call next() until it has nothing.
 * Payloads of data frames are given as they come, whatever their announced length.
 */
export class FrameReader {
  readonly #input = new ByteBuffer();
  #frame: FrameHead | undefined;
  #left = 0;
  #at = 0;
  #inMessage = false;

  push(bytes: Uint8Array): void {
    this.#input.append(bytes);
  }

  /** @throws FrameError; then the reader is of no use any more */
  next(): FrameEvent | undefined {
    if (this.#frame === undefined && !this.#readHead()) return undefined;
    return this.#readPayload();
  }

  #readHead(): boolean {
    const head = this.#input.peek(14);
    const [first, second] = [head[0], head[1]];
    if (first === undefined || second === undefined) return false;
    checkFirst(first, second);
    const lengthBytes = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
    const size = 2 + lengthBytes + maskBytes;
    if (head.length < size) return false;
    this.#left = payloadLength(head, lengthBytes);
    this.#at = 0;
    this.#beginFrame(first & 0x0f, (first & 0x80) !== 0);
    this.#frame = { code: first & 0x0f, mask: Buffer.from(head.subarray(size - maskBytes, size)) };
    this.#input.take(size);
    return true;
  }

  /** Control frames may come within a message, data frames keep to it. */
  #beginFrame(code: number, isFinal: boolean): void {
    const isControl = code >= opcode.close;
    if (isControl && (!isFinal || this.#left > longestControl)) throw new FrameError('bad control frame');
    if (isControl) return;
    if ((code === opcode.continuation) !== this.#inMessage) throw new FrameError('frame out of order');
    this.#inMessage = !isFinal;
  }

  #readPayload(): FrameEvent | undefined {
    const head = this.#frame;
    if (head === undefined) return undefined;
    const isControl = head.code >= opcode.close;
    const ready = Math.min(this.#left, this.#input.length);
    if (isControl ? ready < this.#left : ready === 0 && this.#left > 0) return undefined;
    const bytes = this.#unmask(this.#input.take(ready), head.mask);
    this.#left -= ready;
    if (this.#left === 0) this.#frame = undefined;
    return { kind: kindOf(head.code), bytes };
  }

  #unmask(masked: Buffer, mask: Buffer): Buffer {
    const bytes = Buffer.from(masked);
    for (let place = 0; place < bytes.length; place++, this.#at++) {
      bytes[place] = (bytes[place] ?? 0) ^ (mask[this.#at & 3] ?? 0);
    }
    return bytes;
  }
}

const known: readonly number[] = Object.values(opcode);

function checkFirst(first: number, second: number): void {
  if ((first & 0x70) !== 0) throw new FrameError('an extension that was not agreed on');
  if (!known.includes(first & 0x0f)) throw new FrameError('unknown opcode');
  if ((second & 0x80) === 0) throw new FrameError('a frame of a client without a mask');
}

/** @throws FrameError for a length that could have been told shorter, or that no file has */
function payloadLength(head: Buffer, lengthBytes: number): number {
  if (lengthBytes === 0) return (head[1] ?? 0) & 0x7f;
  const length = lengthBytes === 2 ? BigInt(head.readUInt16BE(2)) : head.readBigUInt64BE(2);
  const least = lengthBytes === 2 ? 126n : 65_536n;
  if (length < least || length > BigInt(Number.MAX_SAFE_INTEGER)) throw new FrameError('bad length');
  return Number(length);
}

function kindOf(code: number): FrameEvent['kind'] {
  if (code === opcode.ping) return 'ping';
  if (code === opcode.pong) return 'pong';
  return code === opcode.close ? 'close' : 'data';
}

/** One whole frame as a server sends it: without a mask. */
export function encodeFrame(code: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | code;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
