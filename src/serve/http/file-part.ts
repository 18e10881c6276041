import { read } from 'node:fs';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errnoOf } from '#base';
import { duplicate, pollEvent, sendAvailable, trySetCongestionControl, watchDescriptor } from '#linux';
import { ClientGone } from './client-gone.ts';
import { descriptorOf } from './socket-descriptor.ts';

/** A run of bytes of an open file. */
export interface FilePart {
  /** Stays its owner's, who closes it. */
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** So much goes to the kernel in one call, and so much at most before other connections have their turn. */
const sliceBytes = 1 << 20;
const turnBytes = 8 << 20;
const pieceBytes = 256 << 10;

const readFrom = promisify(read);

/**
 * Writes a part of a file to a socket that nothing waits to be written to. Where the socket is a plain one the
 * kernel moves the bytes by itself; else they pass through this process.
 * @throws ClientGone, when nobody reads; Error, when the file is too short
 */
export async function writeFilePart(socket: Socket, part: FilePart): Promise<void> {
  const fd = 'encrypted' in socket ? undefined : descriptorOf(socket);
  if (fd === undefined) return copyPart(socket, part);
  // The runtime may close its own descriptor at any time, and the number would be another connection's.
  using own = duplicate(fd);
  // Within one machine nothing is congested, and to pace its packets by timers costs more than to move the bytes.
  if (socket.remoteAddress === socket.localAddress) trySetCongestionControl(own.fd, 'reno');
  for (let sent = 0, turnEnd = turnBytes; sent < part.length; ) {
    if (socket.destroyed) throw new ClientGone();
    const taken = sendSlice(own.fd, { ...part, offset: part.offset + sent, length: part.length - sent });
    if (taken === undefined) await writable(socket, own.fd);
    else sent += taken;
    if (sent < turnEnd) continue;
    turnEnd = sent + turnBytes;
    await nextTurn();
  }
}

function sendSlice(socket: number, { fd, offset, length }: FilePart): number | undefined {
  try {
    const taken = sendAvailable(socket, fd, offset, Math.min(length, sliceBytes));
    if (taken === 0) throw new Error('the file ends early');
    return taken;
  } catch (error) {
    throw ['EPIPE', 'ECONNRESET'].includes(errnoOf(error) ?? '') ? new ClientGone() : error;
  }
}

/** Resolves when the socket has room, or has broken. */
async function writable(socket: Socket, fd: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using watch = watchDescriptor(fd, () => resolve());
  watch.arm(pollEvent.writable);
  socket.once('close', resolve);
  await promise;
  socket.off('close', resolve);
}

async function copyPart(socket: Socket, { fd, offset, length }: FilePart): Promise<void> {
  for (let sent = 0; sent < length; ) {
    const buffer = Buffer.allocUnsafe(Math.min(length - sent, pieceBytes));
    const { bytesRead } = await readFrom(fd, buffer, 0, buffer.length, offset + sent);
    if (bytesRead === 0) throw new Error('the file ends early');
    sent += bytesRead;
    await written(socket, buffer.subarray(0, bytesRead));
  }
}

/** Writes, and resolves when all that was written has left this process. @throws ClientGone */
export function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new ClientGone());
    if (socket.destroyed) return onClose();
    socket.once('close', onClose);
    socket.write(bytes, (error) => {
      socket.off('close', onClose);
      if (error) reject(new ClientGone());
      else resolve();
    });
  });
}
