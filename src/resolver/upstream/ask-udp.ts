import {
  connectDatagrams,
  type OpenDescriptor,
  pollEvent,
  readAvailable,
  watchDescriptor,
  writeAvailable,
} from '#linux';
import { type Attempt, dnsPort } from './types.ts';

const mostBytes = 65_535;
const buffer = new Uint8Array(mostBytes);

/**
 * Sends a message to a server and waits for the first that `isAnswer` takes; a socket, and so a port, of its own
 * makes it hard to forge.
 * @returns undefined, when none came in time or the server can't be reached
 */
export async function askByUdp(
  message: Uint8Array,
  { server, pid, timeoutMs }: Attempt,
  isAnswer: (message: Uint8Array) => boolean,
): Promise<Uint8Array | undefined> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  const timer = setTimeout(resolve, timeoutMs, undefined);
  try {
    using socket = connectDatagrams({ ...server, port: dnsPort }, pid);
    using watch = watchDescriptor(socket.fd, () => {
      const answer = receive(socket, isAnswer);
      if (answer === undefined) watch.arm(pollEvent.readable);
      else resolve(answer === 'unreachable' ? undefined : answer);
    });
    watch.arm(pollEvent.readable);
    writeAvailable(socket.fd, message);
    return await promise;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** The errors of a socket are those of the server's host: nobody listens, no way leads there. */
function receive(
  socket: OpenDescriptor,
  isAnswer: (message: Uint8Array) => boolean,
): Uint8Array | 'unreachable' | undefined {
  try {
    for (;;) {
      const length = readAvailable(socket.fd, buffer);
      if (length === undefined) return undefined;
      const message = buffer.slice(0, length);
      if (isAnswer(message)) return message;
    }
  } catch {
    return 'unreachable';
  }
}
