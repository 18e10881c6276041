import type { Duplex } from 'node:stream';
import { type ApiVersion, sinceMinor } from '#api';
import type { AttachedStream } from '#engine/containers';
import type { Call } from './types.ts';

const rawStream = 'application/vnd.docker.raw-stream';
const multiplexedStream = 'application/vnd.docker.multiplexed-stream';

/** The type of an output stream; older clients know one for both. */
export function streamType(framed: boolean, version: ApiVersion): string {
  return framed && sinceMinor(version, 42) ? multiplexedStream : rawStream;
}

/**
 * Turns the request's connection into raw bytes both ways, the way the client asked for. Who does not upgrade is told
 * nothing of frames, as Docker has it.
 */
export function hijack({ request, response, version }: Call, framed: boolean): Promise<Duplex> {
  if (!request.headers.has('upgrade')) return response.hijack(200, { 'Content-Type': rawStream });
  const contentType = streamType(framed, version);
  return response.hijack(101, { 'Content-Type': contentType, Connection: 'Upgrade', Upgrade: 'tcp' });
}

/** How long a client may keep its side open when the output has ended. */
const lingerMs = 1000;

/**
 * Joins the client with a process: input and output flow at the pace of the slower side, the client's end of
 * input does not end the output, and what the process wrote is delivered even when it takes no input any more.
 * Resolves when the connection has closed.
 */
export function splice(client: Duplex, { stream }: AttachedStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (client.closed) {
    stream.destroy();
    return Promise.resolve();
  }
  client.pipe(stream);
  stream.pipe(client);
  // Writing to a process that is gone fails; what it wrote before is still on its way.
  stream.on('error', () => client.end());
  stream.on('close', () => client.end());
  client.on('error', () => stream.destroy());
  client.on('finish', () => {
    client.unpipe(stream);
    client.resume();
    const timer = setTimeout(() => client.destroy(), lingerMs);
    client.once('close', () => clearTimeout(timer));
  });
  client.on('close', () => {
    stream.destroy();
    resolve();
  });
  return promise;
}
