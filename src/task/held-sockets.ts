import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import {
  connectUnix,
  type OpenDescriptor,
  pollEvent,
  type Received,
  receiveDescriptors,
  setNonBlocking,
  watchDescriptor,
  writeAvailable,
} from '#linux';
import { SOCKET_NAME } from './connect.ts';
import { encodeFrame, type Frame, frameTypes, takeFrame, u32 } from './frames.ts';
import { decodeState } from './messages.ts';

export interface HeldSocketsListener {
  /**
   * Copies of the sockets, in the order of the plan's `holdSocket` operations, theirs to dispose of; fewer or none
   * where the plan had fewer.
   * @param pid of the container's first process
   */
  onSockets(sockets: readonly OpenDescriptor[], pid: number): void;
  /** The container has ended, or its shim has. Told once, last of all. */
  onEnd(): void;
}

/**
 * Asks the shim that lives in `dir` for the first `count` sockets that it holds, and watches its container's life.
 * Disposing ends the watch without a word.
 * @throws SystemCallError, when there is no shim
 */
export function takeHeldSockets(dir: string, count: number, listener: HeldSocketsListener): Disposable {
  return new HeldSocketsConnection(connectTo(dir), count, listener);
}

function connectTo(dir: string): OpenDescriptor {
  const directory = openSync(dir, 'r');
  try {
    // However long the path is, this one fits the kernel's address.
    return connectUnix(join('/proc/self/fd', String(directory), SOCKET_NAME));
  } finally {
    closeSync(directory);
  }
}

class HeldSocketsConnection implements Disposable {
  readonly #resources = new DisposableStack();
  readonly #socket: OpenDescriptor;
  readonly #count: number;
  readonly #listener: HeldSocketsListener;
  readonly #taken: OpenDescriptor[] = [];
  #unread: Buffer = Buffer.alloc(0);

  constructor(socket: OpenDescriptor, count: number, listener: HeldSocketsListener) {
    this.#socket = this.#resources.use(socket);
    this.#count = count;
    this.#listener = listener;
    setNonBlocking(socket.fd);
    const requests = Array.from({ length: count }, (_, place) => encodeFrame(frameTypes.socket, u32(place)));
    writeAvailable(socket.fd, Buffer.concat([...requests, encodeFrame(frameTypes.watch)]));
    const watch = this.#resources.use(watchDescriptor(socket.fd, () => this.#receive(watch.arm)));
    watch.arm(pollEvent.readable);
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
    for (const socket of this.#taken.splice(0)) socket[Symbol.dispose]();
  }

  #receive(arm: (events: number) => void): void {
    const buffer = Buffer.alloc(4096);
    const received = this.#tryReceive(buffer);
    this.#taken.push(...received.descriptors);
    this.#unread = Buffer.concat([this.#unread, buffer.subarray(0, received.length)]);
    if (received.length === 0 || !this.#readFrames()) this.#end();
    else arm(pollEvent.readable);
  }

  /** A connection that fails has ended. */
  #tryReceive(buffer: Uint8Array): Received {
    try {
      return receiveDescriptors(this.#socket.fd, buffer, this.#count);
    } catch {
      return { length: 0, descriptors: [] };
    }
  }

  /** @returns whether the container lives, as far as the shim has told */
  #readFrames(): boolean {
    for (let taken = takeFrame(this.#unread); taken !== undefined; taken = takeFrame(this.#unread)) {
      const { frame, rest } = taken;
      this.#unread = rest;
      if (isEnd(frame)) return false;
      // The last of the answers: the sockets have come before it.
      if (frame.type === frameTypes.state)
        this.#listener.onSockets(this.#taken.splice(0), decodeState(frame.payload).pid);
    }
    return true;
  }

  #end(): void {
    this[Symbol.dispose]();
    this.#listener.onEnd();
  }
}

function isEnd({ type, payload }: Frame): boolean {
  if (type === frameTypes.state) return ['ended', 'failed', 'none'].includes(decodeState(payload).state);
  return type === frameTypes.exit || type === frameTypes.failed;
}
