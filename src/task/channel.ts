import type { Socket } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import { EngineError } from '#base';
import { type Frame, frameTypes, takeFrame } from './frames.ts';

interface Waiting {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

export interface ChannelListener {
  onEvent(frame: Frame): void;
  onClose(): void;
}

const answers: readonly number[] = [frameTypes.ok, frameTypes.error, frameTypes.state];

/** The connection that makes requests: each gets one answer, in order; everything else that comes is an event. */
export class Channel {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #unread: Buffer = Buffer.alloc(0);
  #closed = false;

  constructor(socket: Socket, listener: ChannelListener) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk, listener));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.#closed = true;
      for (const waiting of this.#waiting.splice(0)) waiting.reject(shimGone());
      listener.onClose();
    });
  }

  /** Sends a request that is answered by an event, or not at all. */
  post(bytes: Buffer): void {
    if (!this.#closed) this.#socket.write(bytes);
  }

  /** @throws EngineError, when the shim refuses or is gone */
  async request(bytes: Buffer): Promise<Frame> {
    if (this.#closed) throw shimGone();
    const answer = new Promise<Frame>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#socket.write(bytes);
    const frame = await answer;
    if (frame.type === frameTypes.error) throw refusal(frame);
    return frame;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer, listener: ChannelListener): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    for (let taken = takeFrame(this.#unread); taken !== undefined; taken = takeFrame(this.#unread)) {
      this.#unread = taken.rest;
      const waiting = answers.includes(taken.frame.type) ? this.#waiting.shift() : undefined;
      if (waiting === undefined) listener.onEvent(taken.frame);
      else waiting.resolve(taken.frame);
    }
  }
}

const ESRCH = 3;

/** The shim's ERROR as an error: a process that is not there is a conflict, the rest should not happen. */
export function refusal(frame: Frame): EngineError {
  const errno = frame.payload.readUInt32LE(0);
  return new EngineError(errno === ESRCH ? 'conflict' : 'internal', getSystemErrorMessage(-errno));
}

export function shimGone(): EngineError {
  return new EngineError('conflict', 'the container is not running');
}
