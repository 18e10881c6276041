import { connect, type Socket } from 'node:net';
import { socketWire, type Wire } from '#http1';
import type { SocketEndpoint } from '../types.ts';

/** Connects with node:net; runs on every runtime. */
export async function connectNode(endpoint: SocketEndpoint): Promise<Wire> {
  const target =
    endpoint.kind === 'unix' ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port };
  const socket =
    endpoint.kind === 'tcp' && endpoint.tls
      ? await connectTls(endpoint)
      : connect({ ...target, allowHalfOpen: true });
  const wire = socketWire(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return wire;
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
