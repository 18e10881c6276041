import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ApiVersion, sinceMinor } from '#api';
import type { AttachedStream } from '#engine/containers';
import type { HeaderFields, HttpRequest, HttpResponse } from '#serve/http';

const rawStream = 'application/vnd.docker.raw-stream';
const multiplexedStream = 'application/vnd.docker.multiplexed-stream';

/** The type of an output stream; older clients know one for both. */
export function streamType(framed: boolean, version: ApiVersion): string {
  return framed && sinceMinor(version, 42) ? multiplexedStream : rawStream;
}

/** Turns the request's connection into raw bytes both ways, the way the client asked for. */
export function hijack(request: HttpRequest, response: HttpResponse, contentType: string): Promise<Duplex> {
  const upgraded: HeaderFields = { 'Content-Type': contentType, Connection: 'Upgrade', Upgrade: 'tcp' };
  if (request.headers.has('upgrade')) return response.hijack(101, upgraded);
  return response.hijack(200, { 'Content-Type': contentType });
}

/**
 * Joins the client with a process: input and output flow at the pace of the slower side, and the client's end
 * of input does not end the output. Resolves when the output has ended or the client is gone.
 */
export async function splice(client: Duplex, { stream }: AttachedStream): Promise<void> {
  const input = pipeline(client, stream, { end: true });
  // A process that closes its input, or is gone, is no failure of the conversation.
  input.catch(() => {});
  try {
    await pipeline(stream, client);
  } catch {
    // Whoever broke off, the other side is let go.
  }
  stream.destroy();
}
