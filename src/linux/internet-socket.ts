import type { Duplex } from 'node:stream';
import { addon } from './addon.ts';
import { openInside } from './connect.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { DescriptorStream } from './descriptor-stream.ts';
import { checked } from './errno.ts';
import { type SocketAddress, socketAddressBytes, socketType } from './socket.ts';

const wouldBlock = -11;
/** Room for the address of either family. */
export const senderBytes = 28;

/**
 * Takes one datagram, if there is one.
 * @param sender gets the sender's address, as sendDatagram() takes it
 * @returns its length, cut to that of the buffer; undefined when there is none. @throws SystemCallError
 */
export function receiveDatagram(fd: number, buffer: Uint8Array, sender: Uint8Array): number | undefined {
  const result = addon().receiveFrom(fd, buffer, sender);
  return result === wouldBlock ? undefined : checked(result, 'recvfrom');
}

/** Sends one datagram, or drops it where there is no room. @throws SystemCallError */
export function sendDatagram(fd: number, bytes: Uint8Array, receiver: Uint8Array): void {
  const result = addon().sendTo(fd, bytes, receiver);
  if (result !== wouldBlock) checked(result, 'sendto');
}

/** Takes a waiting TCP connection, as a stream; undefined when there is none. @throws SystemCallError */
export function acceptConnection(fd: number): Duplex | undefined {
  const result = addon().acceptSocket(fd);
  return result === wouldBlock ? undefined : new DescriptorStream(ownDescriptor(checked(result, 'accept4')));
}

/**
 * A UDP socket that does not block and speaks with one address only, in the network namespace of process `pid`.
 * @throws SystemCallError
 */
export function connectDatagrams(to: Omit<SocketAddress, 'protocol'>, pid: number): OpenDescriptor {
  const nonBlocking = 0o4000;
  const socket = openInside(pid, socketType.datagram | nonBlocking, to);
  const result = addon().connectSocket(socket.fd, socketAddressBytes(to));
  if (result < 0) socket[Symbol.dispose]();
  checked(result, 'connect');
  return socket;
}
