import type { AnyDigest } from '#base';
import type { Exchange } from './exchange.ts';
import { readRange } from './ranges.ts';
import { type Headers, type Reply, reply } from './reply.ts';
import type { RouteOf } from './routes.ts';

type BlobExchange = Exchange<RouteOf<'blob'>>;

export async function headBlob({ route, source }: BlobExchange): Promise<Reply> {
  const size = await source.blobSize(route.repository, route.digest);
  return reply(200, { ...blobHeaders(route.digest), 'Content-Length': String(size) });
}

/** The whole blob, or one range of it. */
export async function getBlob({ request, route, source }: BlobExchange): Promise<Reply> {
  const { repository, digest } = route;
  const headers = blobHeaders(digest);
  if (request.headers.get('if-none-match')?.includes(`"${digest}"`)) {
    await source.blobSize(repository, digest);
    return reply(304, headers);
  }
  const blob = await source.blob(repository, digest, request.signal);
  if ('chunks' in blob)
    return { kind: 'stream', status: 200, headers, length: blob.size, chunks: blob.chunks };
  try {
    const range = readRange(request.headers.get('range'), blob.size);
    if (range === undefined) {
      return { kind: 'blob', status: 200, headers, blob, range: { offset: 0, length: blob.size } };
    }
    const told = `bytes ${range.offset}-${range.offset + range.length - 1}/${blob.size}`;
    return { kind: 'blob', status: 206, headers: { ...headers, 'Content-Range': told }, blob, range };
  } catch (error) {
    blob[Symbol.dispose]();
    throw error;
  }
}

export function deleteBlob({ route, registry }: BlobExchange): Reply {
  registry.blobs.delete(route.repository, route.digest);
  return reply(202);
}

function blobHeaders(digest: AnyDigest): Headers {
  return {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'max-age=31536000',
  };
}
