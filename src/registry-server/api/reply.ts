import type { HttpRequest, HttpResponse } from '#serve/http';
import type { ByteRange, OpenBlob } from '../storage/types.ts';

export type Headers = Readonly<Record<string, string>>;

/** An answer as a value; what it holds open is let go of when it was sent. */
export type Reply =
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly headers: Headers;
      readonly body: string | Uint8Array;
    }
  | {
      readonly kind: 'blob';
      readonly status: number;
      readonly headers: Headers;
      readonly blob: OpenBlob;
      readonly range: ByteRange;
    }
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers: Headers;
      readonly length: number;
      readonly chunks: AsyncIterable<Uint8Array>;
    };

export function reply(status: number, headers: Headers = {}, body: string | Uint8Array = ''): Reply {
  return { kind: 'bytes', status, headers, body };
}

export function jsonReply(value: unknown, headers: Headers = {}): Reply {
  return reply(200, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(value));
}

/** Sends a reply; resolves with the number of bytes of its body. @throws what reading a blob throws, and ClientGone */
export async function sendReply(reply: Reply, request: HttpRequest, response: HttpResponse): Promise<number> {
  if (reply.kind === 'bytes') {
    response.send(reply.status, reply.headers, reply.body);
    return Buffer.byteLength(reply.body);
  }
  if (reply.kind === 'blob') return sendBlob(reply, request, response);
  response.start(reply.status, { 'Content-Length': String(reply.length), ...reply.headers });
  for await (const chunk of reply.chunks) await response.write(chunk);
  response.end();
  return reply.length;
}

async function sendBlob(
  { blob, range, status, headers }: Reply & { readonly kind: 'blob' },
  request: HttpRequest,
  response: HttpResponse,
): Promise<number> {
  using open = blob;
  if (request.method === 'HEAD') {
    response.send(status, { 'Content-Length': String(range.length), ...headers });
    return 0;
  }
  if (open.fd !== undefined) {
    await response.sendFile(status, headers, { fd: open.fd, ...range });
    return range.length;
  }
  response.start(status, { 'Content-Length': String(range.length), ...headers });
  for await (const chunk of open.read(range, request.signal)) await response.write(chunk);
  response.end();
  return range.length;
}
