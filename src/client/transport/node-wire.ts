import { connect, type Socket } from 'node:net';
import type { SocketEndpoint, Wire } from '../types.ts';
import { ReceiveQueue } from './receive-queue.ts';

/** Connects with node:net; runs on every runtime. */
export async function connectNode(endpoint: SocketEndpoint): Promise<Wire> {
  const target =
    endpoint.kind === 'unix' ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port };
  const socket =
    endpoint.kind === 'tcp' && endpoint.tls
      ? await connectTls(endpoint)
      : connect({ ...target, allowHalfOpen: true });
  const queue = new ReceiveQueue(socket);
  socket.on('data', (chunk: Uint8Array) => queue.push(chunk));
  socket.on('end', () => queue.close());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', (error) => queue.close(error));
  socket.on('close', () => queue.close());
  return {
    read: () => queue.take(),
    write: (bytes) => writeTo(socket, bytes),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

/** A TLS socket; the module is loaded only when it is needed. */
async function connectTls(endpoint: SocketEndpoint & { kind: 'tcp' }): Promise<Socket> {
  const { connect: connectSecure } = await import('node:tls');
  const { readFileSync } = await import('node:fs');
  const files = endpoint.tls ?? { verify: true };
  return connectSecure({
    host: endpoint.host,
    port: endpoint.port,
    rejectUnauthorized: files.verify,
    ...(files.ca === undefined ? {} : { ca: readFileSync(files.ca) }),
    ...(files.cert === undefined ? {} : { cert: readFileSync(files.cert) }),
    ...(files.key === undefined ? {} : { key: readFileSync(files.key) }),
  });
}

function writeTo(socket: Socket, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
