import type { Socket } from 'node:net';
import { ReceiveQueue } from './receive-queue.ts';
import type { Wire } from './types.ts';

/** A socket of node:net or node:tls as a wire; nothing may have been read from it. */
export function socketWire(socket: Socket): Wire {
  const queue = new ReceiveQueue(socket);
  socket.on('data', (chunk: Uint8Array) => queue.push(chunk));
  socket.on('end', () => queue.close());
  socket.on('error', (error) => queue.close(error));
  socket.on('close', () => queue.close());
  return {
    read: () => queue.take(),
    write: (bytes) => writeTo(socket, bytes),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

function writeTo(socket: Socket, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
