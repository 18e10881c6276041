import { chmodSync, chownSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, Server as TlsServer } from 'node:tls';
import { EngineError, errnoOf } from '#base';
import { Connection } from './connection.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import type { HttpHandler } from './types.ts';

export type ListenAddress =
  /** A socket file for root, and for the group of that id. */
  | { readonly kind: 'unix'; readonly path: string; readonly groupId?: number }
  /** Port 0 is any free port. With `tls` it is spoken encrypted; its `ca` is who must have signed the client. */
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls?: SecureContextOptions;
    }
  /** A socket that listens already (socket activation). */
  | { readonly kind: 'fd'; readonly fd: number };

export interface HttpServer {
  /** Begins to accept; may be called for several addresses. @returns the address with the real port. */
  listen(address: ListenAddress): Promise<ListenAddress>;
  /** From now on connections to addresses with TLS are made with this. */
  renewTls(tls: SecureContextOptions): void;
  /**
   * Stops accepting, lets answers that have begun end, and cuts what is left when `deadline` is aborted. A connection
   * that waits for its next request is closed at once.
   */
  drain(deadline: AbortSignal): Promise<void>;
  /** Stops accepting and cuts every connection. */
  close(): Promise<void>;
}

const backlog = 4096;

/** An HTTP/1.1 server that calls the handler once per request. A handler that throws breaks its connection. */
export function createHttpServer(handler: HttpHandler, limits: HttpLimits = defaultLimits): HttpServer {
  const sockets = new Set<Socket>();
  const servers = new Map<Server, ListenAddress>();
  const connections = new Set<Connection>();
  const accept = (socket: Socket) => {
    const connection = new Connection(socket, limits);
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    void connection.serve(handler);
  };
  const remember = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  /** Resolves when every connection is closed, too. */
  const stopAccepting = async () => {
    await Promise.all([...servers.keys()].map((server) => new Promise((resolve) => server.close(resolve))));
    for (const address of servers.values())
      if (address.kind === 'unix') rmSync(address.path, { force: true });
    servers.clear();
  };
  return {
    async listen(address) {
      const server = openServer(address, accept).on('connection', remember);
      const bound = await bind(server, address);
      servers.set(server, bound);
      return bound;
    },
    renewTls(tls) {
      for (const server of servers.keys()) {
        if (server instanceof TlsServer) server.setSecureContext(secureOptions(tls));
      }
    },
    async drain(deadline) {
      const closed = stopAccepting();
      for (const connection of connections) connection.retire();
      if (deadline.aborted) cut();
      deadline.addEventListener('abort', cut);
      await closed;
      deadline.removeEventListener('abort', cut);
    },
    async close() {
      const closed = stopAccepting();
      cut();
      await closed;
    },
  };
}

function openServer(address: ListenAddress, accept: (socket: Socket) => void): Server {
  const options = { allowHalfOpen: true, noDelay: true };
  if (address.kind !== 'tcp' || address.tls === undefined) return createServer(options, accept);
  return createTlsServer({ ...options, ...secureOptions(address.tls) }, accept);
}

function secureOptions(tls: SecureContextOptions) {
  const wantsCertificate = tls.ca !== undefined;
  const certificates = { requestCert: wantsCertificate, rejectUnauthorized: wantsCertificate };
  return { ...tls, ...certificates, minVersion: 'TLSv1.2' } as const;
}

async function bind(server: Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.kind === 'unix') {
    await removeStale(address.path);
    await bindPrivately(server, address.path);
    openToGroup(address.path, address.groupId);
    return address;
  }
  if (address.kind === 'fd') {
    await listening(server, (done) => server.listen({ fd: address.fd }, done));
    return address;
  }
  const { host, port } = address;
  await listening(server, (done) => server.listen({ host, port, backlog }, done));
  const bound = server.address();
  return { ...address, port: typeof bound === 'object' && bound !== null ? bound.port : port };
}

/** Between bind and chmod nobody but the owner may connect. */
async function bindPrivately(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    await listening(server, (done) => server.listen({ path, backlog }, done));
  } finally {
    process.umask(mask);
  }
}

function listening(server: Server, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    start(() => {
      server.off('error', reject);
      resolve();
    });
  });
}

function openToGroup(path: string, groupId: number | undefined): void {
  if (groupId !== undefined) chownSync(path, 0, groupId);
  chmodSync(path, 0o660);
}

/** Removes a socket file that nobody listens on. @throws EngineError conflict, when somebody does */
async function removeStale(path: string): Promise<void> {
  const outcome = await new Promise<string>((resolve) => {
    const probe = createConnection({ path });
    probe.on('error', (error) => resolve(errnoOf(error) ?? 'unknown'));
    probe.on('connect', () => {
      resolve('answered');
      probe.destroy();
    });
  });
  if (outcome === 'answered') {
    throw new EngineError('conflict', `can't listen on ${path}: another process already does`);
  }
  if (outcome === 'ECONNREFUSED') rmSync(path, { force: true });
}
