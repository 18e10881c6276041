import { ByteBuffer } from './byte-buffer.ts';
import {
  type Framing,
  framingOf,
  parseChunkSize,
  parseHeaderLine,
  parseRequestLine,
  type RequestHead,
  type RequestLine,
} from './head.ts';
import type { HttpLimits } from './limits.ts';
import { ProtocolError } from './protocol-error.ts';

export type ParserEvent =
  | { readonly kind: 'head'; readonly head: RequestHead; readonly framing: Framing }
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'end' };

type Phase = 'requestLine' | 'headers' | 'body' | 'chunkSize' | 'chunk' | 'chunkEnd' | 'trailers' | 'end';

const endEvent: ParserEvent = { kind: 'end' };

/**
 * A strict HTTP/1.x request parser to pull from: push() what arrived, then call next() until it has nothing.
 * Bytes that are not pulled stay where they are, so the caller sets the pace. After an error it is of no use.
 */
export class RequestParser {
  readonly #limits: HttpLimits;
  readonly #input = new ByteBuffer();
  #phase: Phase = 'requestLine';
  #requestLine: RequestLine | undefined;
  #headers = new Map<string, string>();
  #headerCount = 0;
  #headerBytes = 0;
  #bodyLeft = 0;
  #emptyLines = 0;
  #tookLine = false;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  push(bytes: Uint8Array): void {
    this.#input.append(bytes);
  }

  /** Whether no byte of a next request has come. */
  get idle(): boolean {
    return this.#phase === 'requestLine' && this.#input.length === 0;
  }

  /** Whether bytes wait to be parsed. */
  get buffered(): boolean {
    return this.#input.length > 0;
  }

  /** Takes all unparsed bytes, for a connection that stops speaking HTTP. */
  takeRest(): Buffer {
    return this.#input.take(this.#input.length);
  }

  /** The next thing in the input, or undefined when more bytes are needed. @throws ProtocolError */
  next(): ParserEvent | undefined {
    for (;;) {
      this.#tookLine = false;
      const event = this.#step();
      if (event !== undefined || !this.#tookLine) return event;
    }
  }

  #step(): ParserEvent | undefined {
    switch (this.#phase) {
      case 'requestLine':
        return this.#readRequestLine();
      case 'headers':
        return this.#readHeader();
      case 'body':
        return this.#readBody('end');
      case 'chunkSize':
        return this.#readChunkSize();
      case 'chunk':
        return this.#readBody('chunkEnd');
      case 'chunkEnd':
        return this.#readChunkEnd();
      case 'trailers':
        return this.#readTrailer();
      case 'end':
        this.#phase = 'requestLine';
        return endEvent;
    }
  }

  #readRequestLine(): undefined {
    const line = this.#takeLine(this.#limits.requestLineBytes, 414);
    if (line === undefined) return;
    if (line === '') {
      // One empty line before a request is tolerated (RFC 9112, 2.2).
      if (++this.#emptyLines > 1) throw new ProtocolError(400, 'malformed request line');
      return;
    }
    this.#requestLine = parseRequestLine(line);
    this.#headers = new Map();
    this.#headerCount = this.#headerBytes = this.#emptyLines = 0;
    this.#phase = 'headers';
  }

  #readHeader(): ParserEvent | undefined {
    const line = this.#takeHeaderLine();
    if (line === undefined) return undefined;
    if (line !== '') {
      const [name, value] = parseHeaderLine(line);
      const earlier = this.#headers.get(name);
      this.#headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
      return undefined;
    }
    return this.#finishHead();
  }

  #finishHead(): ParserEvent {
    if (this.#requestLine === undefined) throw new ProtocolError(400, 'malformed request line');
    const head = { ...this.#requestLine, headers: this.#headers };
    const framing = framingOf(head);
    if (framing.kind === 'chunked') this.#phase = 'chunkSize';
    else if (framing.kind === 'length') {
      this.#phase = 'body';
      this.#bodyLeft = framing.bytes;
    } else this.#phase = 'end';
    return { kind: 'head', head, framing };
  }

  #readBody(following: Phase): ParserEvent | undefined {
    if (this.#input.length === 0) return undefined;
    const bytes = this.#input.take(this.#bodyLeft);
    this.#bodyLeft -= bytes.length;
    if (this.#bodyLeft === 0) this.#phase = following;
    return { kind: 'data', bytes };
  }

  #readChunkSize(): undefined {
    const line = this.#takeLine(this.#limits.chunkLineBytes, 400);
    if (line === undefined) return;
    this.#bodyLeft = parseChunkSize(line);
    this.#headerCount = this.#headerBytes = 0;
    this.#phase = this.#bodyLeft === 0 ? 'trailers' : 'chunk';
  }

  #readChunkEnd(): undefined {
    const line = this.#takeLine(2, 400);
    if (line === undefined) return;
    if (line !== '') throw new ProtocolError(400, 'malformed chunk end');
    this.#phase = 'chunkSize';
  }

  /** Trailers are checked and dropped. */
  #readTrailer(): undefined {
    const line = this.#takeHeaderLine();
    if (line === undefined) return;
    if (line === '') this.#phase = 'end';
    else parseHeaderLine(line);
  }

  #takeHeaderLine(): string | undefined {
    const line = this.#takeLine(this.#limits.headerLineBytes, 431);
    if (line === undefined || line === '') return line;
    this.#headerCount += 1;
    this.#headerBytes += line.length;
    if (this.#headerCount > this.#limits.headerCount || this.#headerBytes > this.#limits.headerBytes) {
      throw new ProtocolError(431, 'too many headers');
    }
    return line;
  }

  /** The next line without its end, which must be CR LF. */
  #takeLine(limitBytes: number, tooLong: number): string | undefined {
    const line = this.#input.takeLine();
    if ((line?.length ?? this.#input.length) > limitBytes) throw new ProtocolError(tooLong, 'line too long');
    if (line === undefined) return undefined;
    this.#tookLine = true;
    const content = line.toString('latin1', 0, Math.max(line.length - 2, 0));
    if (line.at(-2) !== 0x0d || content.includes('\r')) throw new ProtocolError(400, 'malformed line end');
    return content;
  }
}
