/**
 * client: a client of the Engine API, used by the command line and by tests.
 * Made for quick starts: its own small HTTP/1.1 over a socket, one round trip a call, no ping before.
 * Connections are opened on demand, used again while idle and all dropped by `close()`.
 * Hijacked streams (attach, exec) keep half-close; bodies are pulled, so a slow reader slows the daemon.
 * It knows paths, streams and errors of the protocol, not what the resources mean.
 */
export { ApiClient, type ApiClientOptions, clientApiVersion } from './client.ts';
export { defaultHost, parseEndpoint } from './endpoint.ts';
export { encodeQuery, imagePath, segment } from './request-writer.ts';
export { readJsonLines, readLines } from './streams.ts';
export {
  ApiError,
  type ApiRequest,
  type ApiResponse,
  ConnectionError,
  type Endpoint,
  type HijackedStream,
  type Query,
  type TlsFiles,
} from './types.ts';
