import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { headerTokens } from '../head.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { HttpRequest, HttpResponse } from '../types.ts';
import { closeCode, encodeFrame, FrameError, type FrameEvent, FrameReader, opcode } from './frame-reader.ts';

/** What RFC 6455 has a server append to the key before it hashes it. */
const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** How long a client may take to close after we did. */
const lingerMs = 1000;

/** @throws ProtocolError 400 or 426, when the request does not ask for a WebSocket as RFC 6455 has it */
export function checkWebSocketRequest({ method, headers }: HttpRequest): void {
  const wants = (name: string, token: string) => headerTokens(headers.get(name)).includes(token);
  if (method !== 'GET' || !wants('upgrade', 'websocket') || !wants('connection', 'upgrade')) {
    throw new ProtocolError(400, 'not a WebSocket handshake');
  }
  if (headers.get('sec-websocket-version') !== '13')
    throw new ProtocolError(426, 'WebSocket version is not 13');
  if (!/^[A-Za-z0-9+/]{22}==$/.test(headers.get('sec-websocket-key') ?? '')) {
    throw new ProtocolError(400, 'bad Sec-WebSocket-Key');
  }
}

/** Answers a request that checkWebSocketRequest() let pass, and takes its connection over. */
export async function acceptWebSocket(
  request: HttpRequest,
  response: HttpResponse,
): Promise<WebSocketServerEnd> {
  const key = request.headers.get('sec-websocket-key') ?? '';
  const accept = createHash('sha1')
    .update(key + keySuffix)
    .digest('base64');
  const fields = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Accept': accept };
  return new WebSocketServerEnd(await response.hijack(101, fields));
}

/** The server's side of a WebSocket: a stream of bytes both ways, that either side closes as a whole. */
export class WebSocketServerEnd {
  readonly #connection: Duplex;
  #closing = false;

  constructor(connection: Duplex) {
    this.#connection = connection;
    connection.on('error', () => undefined);
  }

  /** What the client sends, until it closes, leaves, or breaks the rules; pings are answered meanwhile. */
  async *receive(): AsyncGenerator<Uint8Array, void> {
    const reader = new FrameReader();
    try {
      for await (const chunk of this.#connection.iterator({ destroyOnReturn: false })) {
        reader.push(chunk);
        for (let event = reader.next(); event !== undefined; event = reader.next()) {
          if (event.kind === 'close') return this.#answerClose(event);
          if (event.kind === 'ping') await this.#write(opcode.pong, event.bytes);
          if (event.kind === 'data' && event.bytes.length > 0) yield event.bytes;
        }
      }
    } catch (error) {
      if (error instanceof FrameError) this.close(closeCode.protocolError);
    }
  }

  /** Sends one message; resolves when there is room for more. */
  async send(kind: 'text' | 'binary', bytes: Uint8Array): Promise<void> {
    await this.#write(opcode[kind], bytes);
  }

  /** Says goodbye, and breaks the connection off when the client does not answer soon. Idempotent. */
  close(code: number = closeCode.normal): void {
    const reason = Buffer.alloc(2);
    reason.writeUInt16BE(code);
    this.#finish(reason);
  }

  #answerClose({ bytes }: FrameEvent): void {
    this.#finish(bytes.subarray(0, 2));
  }

  #finish(reason: Uint8Array): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#connection.end(encodeFrame(opcode.close, reason));
    this.#connection.resume();
    const timer = setTimeout(() => this.#connection.destroy(), lingerMs);
    this.#connection.once('close', () => clearTimeout(timer));
  }

  async #write(code: number, payload: Uint8Array): Promise<void> {
    if (this.#closing || this.#connection.destroyed) return;
    if (this.#connection.write(encodeFrame(code, payload))) return;
    const gone = new AbortController();
    const leave = () => gone.abort();
    this.#connection.once('close', leave);
    await once(this.#connection, 'drain', { signal: gone.signal }).catch(() => undefined);
    this.#connection.off('close', leave);
  }
}
