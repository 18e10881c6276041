import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Decoder, decode } from '#api';
import { EngineError, type ErrorKind, errorMessage } from '#base';
import { HttpReader, socketWire } from '#http1';
import type { PluginAddress, PluginTls } from './find-plugin.ts';

/** One call of the protocol of Docker's plugins. */
export interface PluginCall<T> {
  /** `VolumeDriver.Create` … */
  readonly method: string;
  readonly request: unknown;
  readonly answer: Decoder<T>;
  readonly timeoutMs: number;
  /** What it means that the plugin refuses; internal if absent. */
  readonly refusal?: ErrorKind;
}

const mediaType = 'application/vnd.docker.plugins.v1.2+json';
/** A plugin that sends more is not one. */
const longestAnswerBytes = 16 << 20;
const longestReason = 1000;

/**
 * Asks a plugin over a connection of its own.
 * @throws EngineError unavailable when it does not answer in time; with the plugin's words when it refuses; internal
 * for an answer that makes no sense
 */
export async function askPlugin<T>(address: PluginAddress, call: PluginCall<T>): Promise<T> {
  const socket = open(address);
  const timer = setTimeout(() => socket.destroy(new Error('it does not answer')), call.timeoutMs);
  try {
    const { status, body } = await exchange(socket, call);
    if (status !== 200)
      throw new EngineError(call.refusal ?? 'internal', `${call.method}: ${reasonOf(body)}`);
    return parseAnswer(body, call);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('unavailable', `${call.method}: ${errorMessage(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function open(address: PluginAddress): Socket {
  if ('path' in address) return connect(address.path);
  const { host, port, tls } = address;
  return tls === undefined ? connect(port, host) : connectTls({ host, port, ...certificates(tls) });
}

function certificates({ insecure, ca, certificate, key }: PluginTls) {
  return {
    rejectUnauthorized: !insecure,
    ...(ca !== '' && { ca: readFileSync(ca) }),
    ...(certificate !== '' && { cert: readFileSync(certificate) }),
    ...(key !== '' && { key: readFileSync(key) }),
  };
}

async function exchange(socket: Socket, { method, request }: PluginCall<unknown>) {
  const wire = socketWire(socket);
  const body = JSON.stringify(request);
  const head = [
    `POST /${method} HTTP/1.1`,
    'Host: plugin',
    `Accept: ${mediaType}`,
    `Content-Type: ${mediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  await wire.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  const reader = new HttpReader(wire);
  const answer = await reader.readHead();
  return { status: answer.status, body: await collect(reader.body(answer, 'POST')) };
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk.slice());
    length += chunk.length;
    if (length > longestAnswerBytes) throw new Error('its answer is too long');
  }
  return Buffer.concat(parts).toString();
}

/** A refusal is an object with the reason as `Err`, or plain text. */
function reasonOf(body: string): string {
  const [, reason] = /^\s*\{.*"Err"\s*:\s*("(?:[^"\\]|\\.)*")/s.exec(body) ?? [];
  return boundReason(reason === undefined ? body.trim() : String(JSON.parse(reason)));
}

/** What a plugin says of a failure, as much of it as logs and records shall keep. */
export function boundReason(text: string): string {
  return text.length > longestReason ? `${text.slice(0, longestReason)}…` : text;
}

function parseAnswer<T>(body: string, { method, answer }: PluginCall<T>): T {
  try {
    return decode(answer, JSON.parse(body));
  } catch (cause) {
    throw new EngineError('internal', `${method}: the plugin's answer: ${errorMessage(cause)}`, { cause });
  }
}
