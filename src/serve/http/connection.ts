import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ClientGone } from './client-gone.ts';
import { type Framing, headerTokens, type RequestHead } from './head.ts';
import { hijackedStream } from './hijacked.ts';
import type { HttpLimits } from './limits.ts';
import { type NamedFile, namedFileField, takeNamedFile } from './named-file.ts';
import { ProtocolError } from './protocol-error.ts';
import { RequestParser } from './request-parser.ts';
import { type ResponseConnection, SocketResponse } from './response.ts';
import { SocketReader } from './socket-reader.ts';
import { reasonPhrase } from './status.ts';
import type { HttpHandler, HttpRequest } from './types.ts';

/** How long a refused client may go on sending before its connection is cut. */
const lingerMs = 1000;

/** One client's connection: requests one after the other, each answered before the next is parsed. */
export class Connection implements ResponseConnection {
  readonly socket: Socket;
  closing = false;
  readonly #limits: HttpLimits;
  readonly #parser: RequestParser;
  readonly #reader: SocketReader;
  #bodyEnded = true;
  #framing: Framing = { kind: 'none' };
  #head: RequestHead | undefined;
  #sendContinue = false;
  #answering = false;
  #response: SocketResponse | undefined;

  constructor(socket: Socket, limits: HttpLimits) {
    this.socket = socket;
    this.#limits = limits;
    this.#parser = new RequestParser(limits);
    this.#reader = new SocketReader(socket);
    socket.on('error', () => socket.destroy());
  }

  /** Serves until the client leaves, a request is refused, or a handler takes the connection over. */
  async serve(handler: HttpHandler): Promise<void> {
    try {
      for (;;) {
        const head = await this.#readHead();
        if (head === undefined) break;
        this.#answering = true;
        const hijacked = await this.#answer(head, handler);
        if (hijacked) return;
        if (this.closing || !(await this.#inTime(this.#skipBody()))) break;
        this.#answering = false;
      }
      this.#linger();
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Closes after the answer that has begun, or at once when none has. */
  retire(): void {
    this.closing = true;
    if (!this.#answering) this.socket.destroySoon();
  }

  /** Hands the connection over to whoever hijacked it. */
  async takeOver(): Promise<Duplex> {
    const upgrading = headerTokens(this.#head?.headers.get('connection')).includes('upgrade');
    if (this.#framing.kind === 'chunked' && !upgrading) {
      return hijackedStream(this.socket, () => this.#readBodyPiece());
    }
    if (this.#framing.kind === 'length') await this.#inTime(this.#skipBody());
    const rest = this.#parser.takeRest();
    let first: Buffer | undefined = rest.length > 0 ? rest : undefined;
    return hijackedStream(this.socket, async () => {
      const chunk = first ?? (await this.#reader.read());
      first = undefined;
      return chunk;
    });
  }

  async #readHead(): Promise<RequestHead | undefined> {
    let timer: NodeJS.Timeout | undefined;
    try {
      for (;;) {
        const event = this.#parser.next();
        if (event?.kind === 'head') {
          this.#beginBody(event.head, event.framing);
          return event.head;
        }
        const bytes = await this.#reader.read();
        if (bytes === undefined) return undefined;
        this.#parser.push(bytes);
        timer ??= setTimeout(() => this.socket.destroy(), this.#limits.headTimeoutMs);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #beginBody(head: RequestHead, framing: Framing): void {
    this.#head = head;
    this.#framing = framing;
    this.#bodyEnded = false;
    this.#sendContinue =
      framing.kind !== 'none' && headerTokens(head.headers.get('expect')).includes('100-continue');
    const options = headerTokens(head.headers.get('connection'));
    this.closing ||= head.version === '1.0' || options.includes('close');
    // Without a body the end of the request is already here, and what follows is the next request's.
    if (framing.kind === 'none') this.#bodyEnded = this.#parser.next()?.kind === 'end';
  }

  async #answer(head: RequestHead, handler: HttpHandler): Promise<boolean> {
    const gone = new AbortController();
    const leave = () => gone.abort(new ClientGone());
    this.#reader.onGone = leave;
    if (this.#reader.gone) leave();
    const response = new SocketResponse(this, head);
    this.#response = response;
    await using file = this.#namedFile(head);
    await handler(this.#request(head, file, gone.signal), response);
    if (!response.complete) response.abort();
    this.#response = undefined;
    this.#reader.onGone = undefined;
    return response.hijacked;
  }

  /** Only of a client that has sent nothing of its body yet; nor will it then. */
  #namedFile(head: RequestHead): NamedFile | undefined {
    if (!this.#sendContinue) return undefined;
    const file = takeNamedFile(this.socket, head.headers.get(namedFileField));
    this.closing ||= file !== undefined;
    return file;
  }

  #request(head: RequestHead, file: NamedFile | undefined, signal: AbortSignal): HttpRequest {
    const at = head.target.indexOf('?');
    const path = at < 0 ? head.target : head.target.slice(0, at);
    const query = new URLSearchParams(at < 0 ? '' : head.target.slice(at + 1));
    const { method, version, headers } = head;
    const pieces = this.#bodyPieces();
    const body = file ?? pieces;
    const { remoteAddress } = this.socket;
    const readBody = (limit: number) => this.#inTime(collect(pieces, limit));
    return { method, path, query, version, headers, remoteAddress, signal, body, readBody };
  }

  async *#bodyPieces(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const piece = await this.#readBodyPiece();
      if (piece === undefined) return;
      yield piece;
    }
  }

  async #readBodyPiece(): Promise<Buffer | undefined> {
    try {
      return await this.#pullBody();
    } catch (error) {
      // Where the next request would begin is not known any more.
      this.closing = true;
      throw error;
    }
  }

  async #pullBody(): Promise<Buffer | undefined> {
    while (!this.#bodyEnded) {
      const event = this.#parser.next();
      if (event?.kind === 'data') return event.bytes;
      if (event?.kind === 'end') {
        this.#bodyEnded = true;
        break;
      }
      this.#continueClient();
      const bytes = await this.#reader.read();
      if (bytes === undefined) throw new ProtocolError(400, 'unexpected end of the body');
      this.#parser.push(bytes);
    }
    return undefined;
  }

  /** Cuts off a client that takes too long to send what is waited for. */
  async #inTime<T>(coming: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.socket.destroy(), this.#limits.wholeBodyTimeoutMs);
    try {
      return await coming;
    } finally {
      clearTimeout(timer);
    }
  }

  #continueClient(): void {
    if (!this.#sendContinue) return;
    this.#sendContinue = false;
    this.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }

  /** Drops what nobody read of a body. False: it is too much, or the client waits for leave to send it. */
  async #skipBody(): Promise<boolean> {
    if (this.#sendContinue) return false;
    let skipped = 0;
    while (skipped <= this.#limits.skippedBodyBytes) {
      const piece = await this.#readBodyPiece();
      if (piece === undefined) return true;
      skipped += piece.length;
    }
    return false;
  }

  #refuse(error: unknown): void {
    const answered = this.#response?.started ?? false;
    if (error instanceof ProtocolError && !answered && !this.socket.destroyed) {
      const text = `${error.status} ${reasonPhrase(error.status)}: ${error.message}`;
      const fields = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${text.length}\r\nConnection: close`;
      this.socket.write(`HTTP/1.1 ${error.status} ${reasonPhrase(error.status)}\r\n${fields}\r\n\r\n${text}`);
    }
    this.#linger();
  }

  /** Ends our side and reads on for a moment: closing with unread input would cut off the answer. */
  #linger(): void {
    if (this.socket.destroyed) return;
    this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), lingerMs);
    this.socket.once('close', () => clearTimeout(timer));
    void this.#discard();
  }

  async #discard(): Promise<void> {
    while ((await this.#reader.read()) !== undefined);
    this.socket.destroySoon();
  }
}

async function collect(body: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > limitBytes) throw new ProtocolError(413, 'request body too large');
    pieces.push(piece);
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}
