import { addon } from './addon.ts';
import { checked } from './errno.ts';
import { openSocket, socketFamily, socketType } from './socket.ts';

/**
 * Sends one datagram to a unix socket: a path, or a name of the abstract namespace behind `@`.
 * @throws SystemCallError, when nobody listens there
 */
export function sendUnixDatagram(to: string, bytes: Uint8Array): void {
  using socket = openSocket({ family: socketFamily.unix, type: socketType.datagram });
  checked(addon().connectSocket(socket.fd, unixAddressBytes(to)), 'connect');
  checked(addon().write(socket.fd, bytes), 'write');
}

/** struct sockaddr_un */
function unixAddressBytes(to: string): Uint8Array {
  const family = Buffer.alloc(2);
  family.writeUInt16LE(socketFamily.unix);
  const isAbstract = to.startsWith('@');
  return Buffer.concat([family, Buffer.from(isAbstract ? `\0${to.slice(1)}` : `${to}\0`)]);
}
