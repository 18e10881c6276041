import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { queuedBytes } from '#linux';
import { descriptorOf } from './socket-descriptor.ts';

const longestPauseMs = 50;

/**
 * Resolves when the far end has taken what was written to a socket: over a unix socket its process has read it, over
 * TCP its kernel has it. Resolves too when the socket closes. No event tells of it, so it is looked for.
 */
export async function whenTaken(socket: Socket): Promise<void> {
  for (let pauseMs = 1; !isTaken(socket); pauseMs = Math.min(2 * pauseMs, longestPauseMs))
    await sleep(pauseMs);
}

function isTaken(socket: Socket): boolean {
  if (socket.destroyed) return true;
  const fd = descriptorOf(socket);
  return fd === undefined || (socket.writableLength === 0 && queuedBytes(fd) === 0);
}
