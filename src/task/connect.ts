import { closeSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { shimGone } from './channel.ts';
import { type Frame, takeFrame } from './frames.ts';

/** The shim's socket in its directory. */
export const SOCKET_NAME = 'shim.sock';
/** What fits the kernel's socket address with its NUL. */
const PATH_LIMIT = 107;

/** Connects to the shim that lives in `dir`, however long that path is. */
export async function connectShim(dir: string): Promise<Socket> {
  const path = join(dir, SOCKET_NAME);
  if (Buffer.byteLength(path) <= PATH_LIMIT) return connectTo(path);
  const directory = openSync(dir, 'r');
  try {
    return await connectTo(`/proc/self/fd/${directory}/${SOCKET_NAME}`);
  } finally {
    closeSync(directory);
  }
}

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.on('error', reject).once('connect', () => resolve(socket));
  });
}

/**
 * Sends a request on a connection of its own and gives its answer; what follows the answer is left in the socket,
 * paused, for whoever reads the stream.
 */
export function ask(socket: Socket, request: Buffer): Promise<Frame> {
  return new Promise((resolve, reject) => {
    let unread: Buffer = Buffer.alloc(0);
    const onGone = (): void => {
      socket.destroy();
      reject(shimGone());
    };
    const onData = (chunk: Buffer): void => {
      unread = Buffer.concat([unread, chunk]);
      const taken = takeFrame(unread);
      if (taken === undefined) return;
      socket.off('data', onData).off('end', onGone).off('error', onGone).pause();
      if (taken.rest.length > 0) socket.unshift(taken.rest);
      resolve(taken.frame);
    };
    socket.on('data', onData).once('end', onGone).once('error', onGone);
    socket.write(request);
  });
}
