import { errnoOf } from '#base';
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
      while (!wasTaken(socket.fd, bytes)) {
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

/** False when there is no room now; one that there never would be room for is left out. */
function wasTaken(fd: number, bytes: Buffer): boolean {
  try {
    return writeAvailable(fd, bytes) > 0;
  } catch (error) {
    if (errnoOf(error) === 'EMSGSIZE') return true;
    throw error;
  }
}
