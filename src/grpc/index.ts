/**
 * grpc: remote calls over HTTP/2 on a connection that somebody else has opened, and their messages.
 *
 * A server or a client lives as long as its connection. Message types are tables of fields; unknown fields are passed
 * over. Knows no service.
 */
export { GrpcClient, type GrpcStream } from './client.ts';
export type { Message, MessageOf } from './protobuf.ts';
export * as proto from './protobuf.ts';
export {
  type GrpcCall,
  type Method,
  type Methods,
  type ServeOptions,
  serveGrpc,
  serverStream,
  unary,
} from './server.ts';
export type { ErrorDetail, StatusExtras } from './status.ts';
