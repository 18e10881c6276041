import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import { EngineError } from '#base';
import { Inbox } from './inbox.ts';
import type { Message } from './protobuf.ts';
import { errorOfTrailers } from './status.ts';
import { writeMessage } from './write-message.ts';

/** A call that goes on both ways. */
export interface GrpcStream {
  /** What comes; throws at its end when the call failed. To be iterated once; who stops gives the call up. */
  readonly messages: AsyncIterable<Uint8Array>;
  /** Resolves when more is welcome. */
  send(message: Uint8Array): Promise<void>;
  /** Nothing more is sent. */
  end(): void;
  /** Gives the call up. */
  cancel(): void;
}

const windowBytes = 4 << 20;
/** The call is not wanted any more (HTTP/2). */
const cancelled = 8;

/** Calls methods of whoever is at the other end of a connection that speaks HTTP/2 from its next byte on. */
export class GrpcClient implements Disposable {
  readonly #session: ClientHttp2Session;
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    this.#socket = socket;
    this.#session = connect('http://localhost', {
      createConnection: () => socket,
      settings: { initialWindowSize: windowBytes },
    });
    this.#session.on('error', () => socket.destroy());
    this.#session.on('close', () => socket.destroy());
    socket.on('end', () => socket.destroy());
  }

  get isClosed(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  /** Calls back once, when the other side has gone. */
  onClose(callback: () => void): void {
    this.#session.once('close', callback);
  }

  /** One message out, one in. @throws EngineError, what the call failed with */
  async unary<I, O>(
    path: string,
    request: Message<I>,
    response: Message<O>,
    value: Partial<I>,
    signal: AbortSignal,
  ): Promise<O> {
    const stream = this.open(path, {}, signal);
    await stream.send(request.encode(value));
    stream.end();
    let answer: O | undefined;
    for await (const bytes of stream.messages) answer ??= response.decode(bytes);
    if (answer === undefined) throw new EngineError('internal', `${path} gave no answer`);
    return answer;
  }

  /** Begins a call of any number of messages. */
  open(path: string, metadata: Readonly<Record<string, string | string[]>>, signal: AbortSignal): GrpcStream {
    signal.throwIfAborted();
    if (this.isClosed) throw new EngineError('unavailable', 'the client has gone');
    const stream = this.#session.request({
      ...metadata,
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const cancel = () => void stream.close(cancelled);
    signal.addEventListener('abort', cancel, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', cancel));
    return {
      messages: messagesOf(stream, signal),
      send: (message) => writeMessage(stream, message),
      end: () => void stream.end(),
      cancel,
    };
  }

  [Symbol.dispose](): void {
    this.#session.destroy();
    this.#socket.destroy();
  }
}

/** What comes, listened to from now on. */
function messagesOf(stream: ClientHttp2Stream, signal: AbortSignal): AsyncIterable<Uint8Array> {
  let trailers: Record<string, unknown> = {};
  stream.on('response', (headers) => {
    if (headers['grpc-status'] !== undefined) trailers = headers;
  });
  stream.on('trailers', (headers) => {
    trailers = headers;
  });
  const closed = new Promise<void>((resolve) => void stream.once('close', resolve));
  const inbox = new Inbox(stream);
  return (async function* () {
    try {
      yield* inbox;
    } finally {
      if (!stream.readableEnded) stream.close(cancelled);
    }
    await closed;
    signal.throwIfAborted();
    const error = errorOfTrailers(trailers);
    if (error !== undefined) throw error;
  })();
}
