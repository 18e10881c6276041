import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checked, checkedPair, errnoName } from './errno.ts';

export const socketFamily = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;
export const socketType = { stream: 1, datagram: 2, raw: 3, sequenced: 5 } as const;

export interface SocketRequest {
  readonly family: number;
  readonly type: number;
  readonly protocol?: number;
  /** Descriptor of the network namespace to open it in; our own if absent. */
  readonly netns?: number;
}

/** A socket, in another network namespace if asked; it stays there whoever uses it. @throws SystemCallError */
export function openSocket(request: SocketRequest): OpenDescriptor {
  const { family, type, protocol = 0, netns = -1 } = request;
  return ownDescriptor(checked(addon().openSocket(netns, family, type, protocol), 'socket'));
}

/** Two connected unix sockets. @throws SystemCallError */
export function socketPair(type: number = socketType.stream): readonly [OpenDescriptor, OpenDescriptor] {
  const [left, right] = checkedPair(addon().socketPair(type), 'socketpair');
  return [ownDescriptor(left), ownDescriptor(right)];
}

/** Who connected a unix socket. @throws SystemCallError */
export function peerCredentials(fd: number): { readonly pid: number; readonly uid: number } {
  const [pid, uid] = checkedPair(addon().peerCredentials(fd), 'getsockopt');
  return { pid, uid };
}

/**
 * How much of what was sent over a stream socket the far end has not taken: over a unix socket its process, over TCP
 * its kernel. Unix sockets count their bookkeeping too. @throws SystemCallError
 */
export function queuedBytes(fd: number): number {
  return checked(addon().queuedBytes(fd), 'ioctl');
}

const tcpLevel = 6;
const tcpCongestion = 13;

/** Makes a TCP connection use a congestion control of the kernel's. @returns whether there is such a one, for all */
export function trySetCongestionControl(fd: number, name: string): boolean {
  return addon().setSocketOption(fd, tcpLevel, tcpCongestion, Buffer.from(name)) === 0;
}

/** Sends bytes (at least one) and copies of descriptors. @throws SystemCallError */
export function sendDescriptors(fd: number, bytes: Uint8Array, descriptors: readonly number[]): number {
  return checked(addon().sendDescriptors(fd, bytes, Int32Array.from(descriptors)), 'sendmsg');
}

export interface Received {
  /** Length of what was written to the buffer; 0 at the end of the stream. */
  readonly length: number;
  readonly descriptors: readonly OpenDescriptor[];
}

/** Receives bytes and at most `limit` descriptors; more are closed. @throws SystemCallError */
export function receiveDescriptors(fd: number, buffer: Uint8Array, limit: number): Received {
  const numbers = new Int32Array(limit);
  const [length, count] = checkedPair(addon().receiveDescriptors(fd, buffer, numbers), 'recvmsg');
  return { length, descriptors: Array.from(numbers.subarray(0, count), ownDescriptor) };
}

export interface SocketAddress {
  readonly protocol: 'tcp' | 'udp';
  /** 4 or 16 bytes, in network order. */
  readonly address: Uint8Array;
  readonly port: number;
  /** Index of the device behind which a link-local IPv6 address is. */
  readonly zone?: number;
}

/**
 * Tries whether a socket of this namespace could have that address now.
 * @returns the errno's name if not: EADDRINUSE, EADDRNOTAVAIL, EACCES …
 */
export function tryBind(wanted: SocketAddress): string | undefined {
  const family = wanted.address.length === 4 ? socketFamily.inet : socketFamily.inet6;
  const type = wanted.protocol === 'tcp' ? socketType.stream : socketType.datagram;
  using socket = openSocket({ family, type });
  if (wanted.protocol === 'tcp') allowReuse(socket.fd);
  if (family === socketFamily.inet6) limitToIpv6(socket.fd);
  const result = addon().bindSocket(socket.fd, socketAddressBytes(wanted));
  return result < 0 ? errnoName(-result) : undefined;
}

const on = Uint8Array.of(1, 0, 0, 0);

/** Connections that are only waiting out their time do not count. */
function allowReuse(fd: number): void {
  const socketLevel = 1;
  const reuseAddress = 2;
  checked(addon().setSocketOption(fd, socketLevel, reuseAddress, on), 'setsockopt');
}

function limitToIpv6(fd: number): void {
  const ipv6Level = 41;
  const ipv6Only = 26;
  checked(addon().setSocketOption(fd, ipv6Level, ipv6Only, on), 'setsockopt');
}

/** struct sockaddr_in or sockaddr_in6 */
export function socketAddressBytes({ address, port, zone = 0 }: Omit<SocketAddress, 'protocol'>): Uint8Array {
  const isIpv4 = address.length === 4;
  const bytes = new Uint8Array(isIpv4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isIpv4 ? socketFamily.inet : socketFamily.inet6, true);
  view.setUint16(2, port);
  bytes.set(address, isIpv4 ? 4 : 8);
  if (!isIpv4) view.setUint32(24, zone, true);
  return bytes;
}
