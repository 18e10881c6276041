import { connectUnixDatagrams, pollEvent, watchDescriptor, writeAvailable } from '#linux';
import type { Datagrams } from './datagrams.ts';

/**
 * Sends datagrams to a unix socket; one that is full is waited for until the signal comes.
 * @throws SystemCallError when nobody listens there
 */
export async function openUnixDatagrams(path: string, signal: AbortSignal): Promise<Datagrams> {
  const socket = connectUnixDatagrams(path);
  let wake: () => void = () => undefined;
  const watch = watchDescriptor(socket.fd, () => wake());
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  return {
    async send(bytes) {
      while (writeAvailable(socket.fd, bytes) === 0) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          wake = resolve;
          watch.arm(pollEvent.writable);
        });
      }
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', onAbort);
      watch[Symbol.dispose]();
      socket[Symbol.dispose]();
    },
  };
}
