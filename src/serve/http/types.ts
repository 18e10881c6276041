import type { Duplex } from 'node:stream';
import type { ByteStream } from '#base';
import type { FilePart } from './file-part.ts';
import type { HeaderMap, HttpVersion } from './head.ts';

export interface HttpRequest {
  readonly method: string;
  /** As sent, still percent-encoded; begins with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly version: HttpVersion;
  readonly headers: HeaderMap;
  /** The client's IP address; undefined over a unix socket. */
  readonly remoteAddress: string | undefined;
  /** Aborted when the client is gone before the answer is complete. */
  readonly signal: AbortSignal;
  /** The body, at the pace of its reader; to be read once. */
  readonly body: ByteStream;
  /** The whole body. @throws ProtocolError 413, when it is larger; 400, when it does not come in time */
  readBody(limitBytes: number): Promise<Buffer>;
}

export type HeaderFields = Readonly<Record<string, string>>;

/** The one answer to a request: `send`, or `sendFile`, or `start` … `write` … `end`, or `hijack`. */
export interface HttpResponse {
  /** Whether the status has been sent. */
  readonly started: boolean;
  /** Whether nothing more can be sent: after send(), end(), hijack() and abort(). */
  readonly complete: boolean;
  /** Sends a complete answer. */
  send(status: number, fields: HeaderFields, body?: string | Uint8Array): void;
  /**
   * Sends a complete answer whose body is a part of a file; resolves when the last byte has left this process. What
   * throws leaves an answer to abort.
   * @throws ClientGone, when nobody reads
   */
  sendFile(status: number, fields: HeaderFields, part: FilePart): Promise<void>;
  /** Sends status and header at once; the body follows in chunks. */
  start(status: number, fields: HeaderFields): void;
  /** Resolves when there is room for more; rejects with ClientGone when nobody reads. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Like write(), with a part of a file, which the kernel moves where it can. @throws ClientGone */
  writeFile(part: FilePart): Promise<void>;
  end(): void;
  /** Breaks the connection off, so that the client does not take the answer for complete. */
  abort(): void;
  /**
   * Sends status and header and hands over the connection: read what the client sends, write raw bytes,
   * `end()` closes the writing side alone. What is unread of a body of known length is dropped; a chunked
   * body without `Upgrade` goes on as what the client sends.
   */
  hijack(status: number, fields: HeaderFields): Promise<Duplex>;
}

export type HttpHandler = (request: HttpRequest, response: HttpResponse) => Promise<void>;
