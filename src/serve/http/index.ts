/**
 * serve/http: an HTTP/1.1 server on plain sockets, the same on Bun and on Node, made for an engine's API:
 * hijacking with half-close, header flush before the first byte of a body, back-pressure in both directions,
 * and a signal when the client has gone.
 *
 * Life cycle: createHttpServer() around one handler, listen() on as many addresses as wanted, close(). A
 * connection serves its requests one after the other. The parser is strict: all that two parsers could read
 * differently is refused, every part of a request has a limit, and a refusal closes the connection.
 *
 * A tcp address may speak TLS, and want certificates of its clients.
 *
 * It knows no routes and no Docker, speaks no HTTP/2, and never times out a running answer.
 */
export { ClientGone } from './client-gone.ts';
export type { FilePart } from './file-part.ts';
export type { HeaderMap, HttpVersion } from './head.ts';
export { headerTokens } from './head.ts';
export { defaultLimits, type HttpLimits } from './limits.ts';
export { ProtocolError } from './protocol-error.ts';
export { createHttpServer, type HttpServer, type ListenAddress } from './server.ts';
export type { HeaderFields, HttpHandler, HttpRequest, HttpResponse } from './types.ts';
export { acceptWebSocket, checkWebSocketRequest, type WebSocketServerEnd } from './websocket/websocket.ts';
