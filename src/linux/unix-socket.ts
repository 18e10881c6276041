import { addon } from './addon.ts';
import type { OpenDescriptor } from './descriptor.ts';
import { checked } from './errno.ts';
import { openSocket, socketFamily, socketType } from './socket.ts';

/**
 * A socket whose datagrams go to a unix socket: a path, or a name of the abstract namespace behind `@`. It does not
 * wait for room there.
 * @throws SystemCallError, when nobody listens there
 */
export function connectUnixDatagrams(to: string): OpenDescriptor {
  const nonBlocking = 0o4000;
  return connected(socketType.datagram | nonBlocking, to);
}

/** A connection to a unix socket, by its path. @throws SystemCallError */
export function connectUnix(path: string): OpenDescriptor {
  return connected(socketType.stream, path);
}

function connected(type: number, to: string): OpenDescriptor {
  const socket = openSocket({ family: socketFamily.unix, type });
  const result = addon().connectSocket(socket.fd, unixAddressBytes(to));
  if (result < 0) socket[Symbol.dispose]();
  checked(result, 'connect', to);
  return socket;
}

/** Sends one datagram. @throws SystemCallError, when nobody listens there or there is no room */
export function sendUnixDatagram(to: string, bytes: Uint8Array): void {
  using socket = connectUnixDatagrams(to);
  checked(addon().write(socket.fd, bytes), 'write');
}

/** struct sockaddr_un */
function unixAddressBytes(to: string): Uint8Array {
  const family = Buffer.alloc(2);
  family.writeUInt16LE(socketFamily.unix);
  const isAbstract = to.startsWith('@');
  return Buffer.concat([family, Buffer.from(isAbstract ? `\0${to.slice(1)}` : `${to}\0`)]);
}
