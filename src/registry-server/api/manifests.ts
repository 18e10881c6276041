import { mediaTypes } from '#oci';
import { ProtocolError } from '#serve/http';
import { denied, Refusal } from '../refusal.ts';
import type { Exchange } from './exchange.ts';
import { type Headers, type Reply, reply } from './reply.ts';
import type { RouteOf } from './routes.ts';

type ManifestExchange = Exchange<RouteOf<'manifest'>>;

const largestManifest = 4 << 20;

/** Answers GET and HEAD. */
export async function getManifest({ request, route, source }: ManifestExchange): Promise<Reply> {
  const { digest, mediaType, content } = await source.manifest(route.repository, route.name);
  const etag = `"${digest}"`;
  const headers: Headers = { 'Docker-Content-Digest': digest, ETag: etag };
  if (request.headers.get('if-none-match')?.includes(etag)) return reply(304, headers);
  if (!accepts(request.headers.get('accept'), mediaType)) {
    throw new Refusal(
      'MANIFEST_UNKNOWN',
      `the manifest has the media type ${mediaType}, which is not accepted`,
    );
  }
  return reply(200, { 'Content-Type': mediaType, ...headers }, content);
}

export async function putManifest({ request, route, registry, allows }: ManifestExchange): Promise<Reply> {
  const content = await readManifestBody(request);
  // Whoever lost his role while his body came must not set a tag with it.
  if (!allows(route.repository, 'push')) throw denied();
  const contentType = request.headers.get('content-type') ?? '';
  const { digest, subject } = await registry.manifests.put(route.repository, route.name, {
    content,
    contentType,
  });
  return reply(201, {
    Location: `/v2/${route.repository}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(subject !== undefined && { 'OCI-Subject': subject }),
  });
}

export function deleteManifest({ route, registry }: ManifestExchange): Reply {
  registry.manifests.delete(route.repository, route.name);
  return reply(202);
}

async function readManifestBody(request: ManifestExchange['request']): Promise<Uint8Array> {
  try {
    return await request.readBody(largestManifest);
  } catch (cause) {
    if (!(cause instanceof ProtocolError) || cause.status !== 413) throw cause;
    const message = `a manifest must not be larger than ${largestManifest} bytes`;
    throw new Refusal('MANIFEST_INVALID', message, { status: 413, cause });
  }
}

/**
 * Whether a client that says what it reads can read this. Who names no manifest type at all (curl, browsers) gets
 * what there is.
 */
function accepts(header: string | undefined, mediaType: string): boolean {
  if (header === undefined) return true;
  const types = header.split(',').map((entry) => entry.split(';')[0]?.trim().toLowerCase());
  if (types.some((type) => type === mediaType || type === '*/*' || type === 'application/*')) return true;
  const known: readonly string[] = Object.values(mediaTypes);
  return !types.some((type) => type !== undefined && known.includes(type));
}
