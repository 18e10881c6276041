/**
 * http1: the asking half of HTTP/1.1 on any byte connection: reading answers, sending bodies in chunks, a socket as a
 * connection with backpressure. Shared by the API's client and the registry's.
 *
 * No state but a connection's, no pools, no redirects, no policy: who connects, and whether a connection is used again,
 * is the caller's. The answering half is serve/http.
 */
export { writeChunked } from './chunked.ts';
export { ReceiveQueue } from './receive-queue.ts';
export { HttpReader, type ResponseHead } from './response-reader.ts';
export { socketWire } from './socket-wire.ts';
export type { Wire } from './types.ts';
