import { type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { EngineError } from '#base';
import { Inbox } from './inbox.ts';
import type { Message } from './protobuf.ts';
import { longestTrailers, type StatusExtras, statusTrailers } from './status.ts';
import { writeMessage } from './write-message.ts';

/** One call as its method sees it. */
export interface GrpcCall {
  readonly metadata: Readonly<Record<string, string>>;
  /** Aborted when the client gives the call up. */
  readonly signal: AbortSignal;
}

/** A method: takes the messages that come and gives those that go. */
export type Method = (requests: AsyncIterable<Uint8Array>, call: GrpcCall) => AsyncIterable<Uint8Array>;

/** Methods by their path: `/package.Service/Method`. */
export type Methods = ReadonlyMap<string, Method>;

export interface ServeOptions {
  /** What a client is told of a failure besides its text, and its code where that is not the usual one. */
  readonly statusOf?: (error: unknown) => StatusExtras;
}

/** One message in, one out. */
export function unary<I, O>(
  request: Message<I>,
  response: Message<O>,
  answer: (request: I, call: GrpcCall) => Promise<Partial<O>>,
): Method {
  return serverStream(request, response, async function* (asked, call) {
    yield await answer(asked, call);
  });
}

/** One message in, any number out. */
export function serverStream<I, O>(
  request: Message<I>,
  response: Message<O>,
  answer: (request: I, call: GrpcCall) => AsyncIterable<Partial<O>>,
): Method {
  return async function* (requests, call) {
    for await (const bytes of requests) {
      for await (const value of answer(request.decode(bytes), call)) yield response.encode(value);
      return;
    }
    throw new EngineError('invalid', 'a call has no request');
  };
}

/** Of one connection at once. */
const mostCalls = 250;

/**
 * Serves calls over a connection that speaks HTTP/2 from its next byte on, until either side ends it.
 * @param socket is destroyed at the end
 */
export function serveGrpc(socket: Duplex, methods: Methods, options: ServeOptions = {}): void {
  const session = performServerHandshake(socket, {
    settings: { maxConcurrentStreams: mostCalls },
    maxSendHeaderBlockLength: longestTrailers,
  });
  session.on('stream', (stream, headers) => void serveCall(stream, headers, methods, options));
  session.on('error', () => socket.destroy());
  session.on('close', () => socket.destroy());
  socket.on('end', () => socket.destroy());
}

async function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  methods: Methods,
  { statusOf = () => ({}) }: ServeOptions,
): Promise<void> {
  const gone = new AbortController();
  stream.on('close', () => gone.abort(new EngineError('unavailable', 'the client has gone')));
  stream.on('error', () => {});
  const inbox = new Inbox(stream);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  let trailers: Record<string, string> = { 'grpc-status': '0' };
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  try {
    const path = String(headers[':path'] ?? '');
    const method = methods.get(path);
    if (method === undefined) throw new EngineError('notImplemented', `unknown method ${path}`);
    const call = { metadata: metadataOf(headers), signal: gone.signal };
    for await (const message of method(inbox, call)) await writeMessage(stream, message);
  } catch (error) {
    trailers = statusTrailers(error, statusOf(error));
  }
  stream.end();
}

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
