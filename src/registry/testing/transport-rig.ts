import assert from 'node:assert/strict';
import { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { EngineError } from '#base';
import { Transport, type TransportRequest } from '../http/transport.ts';
import type { Trust } from '../http/trust.ts';
import type { RegistryResponse } from '../types.ts';

const signal = new AbortController().signal;
export const systemTrust: Trust = { anyCertificate: false, certificates: undefined };

/** A transport that waits for nobody; by a proxy if one is named. */
export function impatientTransport(proxy = ''): Transport {
  return new Transport({ proxies: () => ({ http: proxy, https: proxy, none: '' }), silenceMs: 200 });
}

export function get(
  url: string,
  options: Partial<TransportRequest> = {},
  by = impatientTransport(),
): Promise<RegistryResponse> {
  return by.send({ url: new URL(url), headers: {}, trust: systemTrust, signal, ...options });
}

export async function text({ body }: RegistryResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** For `assert.rejects`: an error of kind unavailable. */
export function fails(pattern: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.kind, 'unavailable');
    assert.match(error.message, pattern);
    return true;
  };
}

/** Lets a server listen on a port of 127.0.0.1 until it is disposed of. */
export async function listen(server: Server): Promise<{ readonly port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      if (server instanceof HttpServer) server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
