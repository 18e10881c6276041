import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { clientFrame } from '../../src/serve/http/websocket/testing/client-frame.ts';
import { eventually } from './programs.ts';

/** A client of a WebSocket that sends whatever a test wants. */
export interface WebSocketClient {
  readonly socket: Socket;
  /** Data messages so far, joined. */
  text(): string;
  /** Codes of all frames so far: 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  codes(): readonly number[];
  send(code: number, payload: string | Uint8Array): void;
  /** Waits for data that the pattern describes. */
  shows(pattern: RegExp): Promise<void>;
  /** That the server has ended the connection. */
  readonly ended: Promise<void>;
}

/** Opens a WebSocket over a unix socket. @throws Error with the status of an answer that is no upgrade */
export function openWebSocket(socketPath: string, path: string): Promise<WebSocketClient> {
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket' };
  const headers = { ...upgrade, 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': key };
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, headers });
    outgoing.on('response', (response) => reject(new Error(`status ${response.statusCode}`)));
    outgoing.on('error', reject);
    outgoing.on('upgrade', (response, socket, head) => {
      if (response.headers['sec-websocket-accept'] !== accept) return reject(new Error('another key'));
      resolve(converse(socket, head));
    });
    outgoing.end();
  });
}

function converse(socket: Socket, head: Buffer): WebSocketClient {
  let unread = head;
  let data = '';
  const codes: number[] = [];
  const read = (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (let frame = takeFrame(unread); frame !== undefined; frame = takeFrame(unread)) {
      unread = frame.rest;
      codes.push(frame.code);
      if (frame.code <= 2) data += frame.payload.toString('utf8');
    }
  };
  read(Buffer.alloc(0));
  socket.on('data', read).on('error', () => undefined);
  return {
    socket,
    text: () => data,
    codes: () => codes,
    send: (code, payload) => void socket.write(clientFrame({ code, payload })),
    shows: (pattern) =>
      eventually(`the WebSocket shows ${pattern}`, () => pattern.test(data)).then(() => undefined),
    ended: new Promise((resolve) => socket.once('close', () => resolve())),
  };
}

function takeFrame(bytes: Buffer): { code: number; payload: Buffer; rest: Buffer } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1] ?? 0;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return undefined;
  const payload = bytes.subarray(start, start + length);
  return { code: (bytes[0] ?? 0) & 0x0f, payload, rest: bytes.subarray(start + length) };
}
