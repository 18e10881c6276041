import type { Socket } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import { EngineError, type ErrorKind } from '#base';
import { type Frame, frameTypes, takeFrame } from './frames.ts';

interface Waiting {
  readonly onAnswer: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

export interface ChannelListener {
  onEvent(frame: Frame): void;
  onClose(): void;
}

const answers: readonly number[] = [frameTypes.ok, frameTypes.error, frameTypes.state, frameTypes.execList];

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

  /**
   * Sends a request and waits for its answer, which `read` takes before any event that came behind it is told.
   * @throws EngineError, when the shim refuses or is gone
   */
  async request<Answer>(bytes: Buffer, read: (frame: Frame) => Answer): Promise<Answer> {
    if (this.#closed) throw shimGone();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const onAnswer = (frame: Frame): void =>
      frame.type === frameTypes.error ? reject(refusal(frame)) : resolve(read(frame));
    this.#waiting.push({ onAnswer, reject });
    this.#socket.write(bytes);
    return promise;
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
      else waiting.onAnswer(taken.frame);
    }
  }
}

const ESRCH = 3;
const EOPNOTSUPP = 95;
const kinds = new Map<number, ErrorKind>([
  [ESRCH, 'conflict'],
  [EOPNOTSUPP, 'notImplemented'],
]);

/** The shim's ERROR: a process that is not there is a conflict, an old shim does not know a new request. */
export function refusal(frame: Frame): EngineError {
  const errno = frame.payload.readUInt32LE(0);
  return new EngineError(kinds.get(errno) ?? 'internal', getSystemErrorMessage(-errno));
}

export function shimGone(): EngineError {
  return new EngineError('conflict', 'the container is not running');
}
