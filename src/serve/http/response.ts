import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ClientGone } from './client-gone.ts';
import { type FilePart, writeFilePart, written } from './file-part.ts';
import type { RequestHead } from './head.ts';
import { isBodiless, reasonPhrase } from './status.ts';
import type { HeaderFields, HttpResponse } from './types.ts';

/** Below this size a chunk is copied into one write with its frame. */
const copiedChunkBytes = 16 << 10;

type Phase = 'open' | 'streaming' | 'done' | 'hijacked';

/** What the answer needs from its connection. */
export interface ResponseConnection {
  readonly socket: Socket;
  /** Whether the connection will be closed after this answer. */
  closing: boolean;
  takeOver(): Promise<Duplex>;
}

export class SocketResponse implements HttpResponse {
  readonly #connection: ResponseConnection;
  readonly #head: RequestHead;
  #phase: Phase = 'open';
  #chunked = false;

  constructor(connection: ResponseConnection, head: RequestHead) {
    this.#connection = connection;
    this.#head = head;
  }

  get started(): boolean {
    return this.#phase !== 'open';
  }

  get complete(): boolean {
    return this.#phase === 'done' || this.#phase === 'hijacked';
  }

  get hijacked(): boolean {
    return this.#phase === 'hijacked';
  }

  send(status: number, fields: HeaderFields, body: string | Uint8Array = ''): void {
    this.#enter('open', 'done');
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const sized = isBodiless(status) || hasField(fields, 'content-length');
    const length = sized ? '' : `Content-Length: ${bytes.length}\r\n`;
    const head = Buffer.from(this.#formatHead(status, fields, length), 'latin1');
    const silent = isBodiless(status) || this.#head.method === 'HEAD';
    this.#connection.socket.write(silent ? head : Buffer.concat([head, bytes]));
  }

  async sendFile(status: number, fields: HeaderFields, part: FilePart): Promise<void> {
    this.#enter('open', 'streaming');
    const { socket } = this.#connection;
    const head = this.#formatHead(status, fields, `Content-Length: ${part.length}\r\n`);
    await written(socket, Buffer.from(head, 'latin1'));
    if (this.#head.method !== 'HEAD') await writeFilePart(socket, part);
    this.#enter('streaming', 'done');
  }

  start(status: number, fields: HeaderFields): void {
    this.#enter('open', 'streaming');
    this.#chunked = this.#head.version === '1.1' && !hasField(fields, 'content-length');
    if (this.#head.version === '1.0') this.#connection.closing = true;
    const coding = this.#chunked ? 'Transfer-Encoding: chunked\r\n' : '';
    this.#connection.socket.write(this.#formatHead(status, fields, coding), 'latin1');
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.#phase !== 'streaming') throw new Error('write() outside start() and end()');
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (bytes.length === 0 || this.#head.method === 'HEAD') return;
    const { socket } = this.#connection;
    const room = this.#chunked ? writeChunk(socket, bytes) : socket.write(bytes);
    if (socket.destroyed) throw new ClientGone();
    if (!room) await drained(socket);
  }

  async writeFile(part: FilePart): Promise<void> {
    if (this.#phase !== 'streaming') throw new Error('writeFile() outside start() and end()');
    if (part.length === 0 || this.#head.method === 'HEAD') return;
    const { socket } = this.#connection;
    await written(socket, Buffer.from(this.#chunked ? `${part.length.toString(16)}\r\n` : '', 'latin1'));
    await writeFilePart(socket, part);
    if (this.#chunked) socket.write('\r\n', 'latin1');
  }

  end(): void {
    this.#enter('streaming', 'done');
    if (this.#chunked && this.#head.method !== 'HEAD') this.#connection.socket.write('0\r\n\r\n', 'latin1');
  }

  abort(): void {
    this.#phase = 'done';
    this.#connection.closing = true;
    this.#connection.socket.destroy();
  }

  async hijack(status: number, fields: HeaderFields): Promise<Duplex> {
    this.#enter('open', 'hijacked');
    this.#connection.socket.write(formatHead(status, fields, ''), 'latin1');
    return this.#connection.takeOver();
  }

  #enter(from: Phase, to: Phase): void {
    if (this.#phase !== from) throw new Error(`an answer that is ${this.#phase} cannot become ${to}`);
    this.#phase = to;
  }

  #formatHead(status: number, fields: HeaderFields, framing: string): string {
    const closing = this.#connection.closing ? 'Connection: close\r\n' : '';
    return formatHead(status, fields, `Date: ${new Date().toUTCString()}\r\n${framing}${closing}`);
  }
}

function formatHead(status: number, fields: HeaderFields, ownFields: string): string {
  let head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
  for (const [name, value] of Object.entries(fields)) {
    if (/[\r\n\0]/.test(value)) throw new Error(`the header ${name} holds a line end`);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}${ownFields}\r\n`;
}

function hasField(fields: HeaderFields, lowerName: string): boolean {
  return Object.keys(fields).some((name) => name.toLowerCase() === lowerName);
}

function writeChunk(socket: Socket, bytes: Uint8Array): boolean {
  const size = Buffer.from(`${bytes.length.toString(16)}\r\n`, 'latin1');
  const end = Buffer.from('\r\n');
  if (bytes.length < copiedChunkBytes) return socket.write(Buffer.concat([size, bytes, end]));
  socket.cork();
  socket.write(size);
  socket.write(bytes);
  const room = socket.write(end);
  socket.uncork();
  return room;
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      socket.off('drain', settle).off('close', settle);
      if (socket.destroyed) reject(new ClientGone());
      else resolve();
    };
    socket.on('drain', settle).on('close', settle);
  });
}
