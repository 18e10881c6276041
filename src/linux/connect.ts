import type { Duplex } from 'node:stream';
import { addon } from './addon.ts';
import type { OpenDescriptor } from './descriptor.ts';
import { setNonBlocking } from './descriptor-io.ts';
import { DescriptorStream } from './descriptor-stream.ts';
import { checked, SystemCallError } from './errno.ts';
import { openNetworkNamespace } from './namespace.ts';
import { pollEvent, watchDescriptor } from './poll.ts';
import { openSocket, type SocketAddress, socketAddressBytes, socketFamily, socketType } from './socket.ts';

const EINPROGRESS = 115;

/**
 * A TCP connection that is made in the network namespace of process `pid`; the caller destroys it.
 * @throws SystemCallError ECONNREFUSED …; the signal's reason
 */
export async function connectInside(
  pid: number,
  to: Omit<SocketAddress, 'protocol'>,
  signal: AbortSignal,
): Promise<Duplex> {
  signal.throwIfAborted();
  using undo = new DisposableStack();
  const socket = undo.use(openInside(pid, socketType.stream, to));
  setNonBlocking(socket.fd);
  const result = addon().connectSocket(socket.fd, socketAddressBytes(to));
  if (result === -EINPROGRESS) await settled(socket.fd, signal);
  else checked(result, 'connect');
  const errno = checked(addon().socketError(socket.fd), 'getsockopt');
  if (errno !== 0) throw new SystemCallError(errno, 'connect');
  undo.move();
  return new DescriptorStream(socket);
}

/** A socket for an address, in the network namespace of process `pid`. @throws SystemCallError */
export function openInside(
  pid: number,
  type: number,
  { address }: Pick<SocketAddress, 'address'>,
): OpenDescriptor {
  const family = address.length === 4 ? socketFamily.inet : socketFamily.inet6;
  if (pid === process.pid) return openSocket({ family, type });
  using netns = openNetworkNamespace(pid);
  return openSocket({ family, type, netns: netns.fd });
}

/** Resolves when the attempt has come to its end, whichever. */
async function settled(fd: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  using watch = watchDescriptor(fd, () => resolve());
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    watch.arm(pollEvent.writable);
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
