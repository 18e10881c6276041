import { type AnyDigest, errnoOf } from '#base';
import { checkDigest, checkRepository } from '../names.ts';
import { isDenied, Refusal } from '../refusal.ts';
import type { Upload } from '../uploads/upload.ts';
import type { Exchange } from './exchange.ts';
import { type ContentRange, readContentRange } from './ranges.ts';
import { type Headers, type Reply, reply } from './reply.ts';
import type { RouteOf } from './routes.ts';

type UploadExchange = Exchange<RouteOf<'upload'>>;

/** Begins an upload; or mounts a blob of another repository; or takes the whole blob at once. */
export async function beginUpload(exchange: Exchange<RouteOf<'uploads'>>): Promise<Reply> {
  const { request, route, registry } = exchange;
  const { repository } = route;
  const mounted = mountBlob(exchange);
  if (mounted !== undefined) return created(repository, mounted);
  const digest = request.query.get('digest');
  const upload = await registry.uploads.begin(repository);
  if (digest === null) return reply(202, uploadHeaders(upload));
  try {
    return await finish(exchange, upload, digest);
  } finally {
    // Nobody was told of it, so nobody will take it up.
    await registry.uploads.end(upload);
  }
}

export async function getUpload({ route, registry }: UploadExchange): Promise<Reply> {
  return reply(204, uploadHeaders(await registry.uploads.find(route.repository, route.id)));
}

/** Appends to an upload, in order. */
export async function patchUpload(exchange: UploadExchange): Promise<Reply> {
  const { route, registry } = exchange;
  const upload = await registry.uploads.find(route.repository, route.id);
  await append(exchange, upload);
  return reply(202, uploadHeaders(upload));
}

/** Ends an upload with its last bytes and the digest of all. */
export async function putUpload(exchange: UploadExchange): Promise<Reply> {
  const { request, route, registry } = exchange;
  const upload = await registry.uploads.find(route.repository, route.id);
  const digest = request.query.get('digest');
  if (digest === null) throw new Refusal('DIGEST_INVALID', 'the digest of the blob is missing');
  return finish(exchange, upload, digest);
}

export async function deleteUpload({ route, registry }: UploadExchange): Promise<Reply> {
  await registry.uploads.end(await registry.uploads.find(route.repository, route.id));
  return reply(204);
}

/** The digest of a blob that could be mounted, from the named repository or any; undefined: it has to be uploaded. */
function mountBlob({
  request,
  route,
  registry,
  allows,
}: Exchange<RouteOf<'uploads'>>): AnyDigest | undefined {
  const mount = request.query.get('mount');
  const from = request.query.get('from');
  if (mount === null) return undefined;
  const digest = checkDigest(mount);
  const places = from === null ? registry.blobs.listOwners(digest) : [checkRepository(from)];
  const place = places.find((repository) => allows(repository, 'pull'));
  const isHere = place !== undefined && registry.blobs.mount(route.repository, place, digest);
  return isHere ? digest : undefined;
}

async function finish(exchange: Exchange, upload: Upload, digestText: string): Promise<Reply> {
  const digest = checkDigest(digestText);
  await append(exchange, upload, digest);
  await exchange.registry.blobs.commit(upload, digest);
  return created(upload.repository, digest);
}

async function append({ request, registry }: Exchange, upload: Upload, digest?: AnyDigest): Promise<void> {
  const range = readContentRange(request.headers.get('content-range'));
  checkPlace(upload, range);
  const writer = await upload.takeOver();
  checkPlace(upload, range);
  try {
    await upload.append(writer, request.body, registry.blobs.limitOf(upload, digest));
  } catch (error) {
    if (spoils(error)) await registry.uploads.fail(upload, error);
    throw error;
  }
  if (range !== undefined && upload.size !== range.last + 1) {
    throw new Refusal('SIZE_INVALID', 'the chunk has not the length of its Content-Range');
  }
}

/** Whether an upload can't just go on; one that another request took over goes on there. */
function spoils(error: unknown): boolean {
  return error instanceof Refusal ? isDenied(error) : errnoOf(error) !== undefined;
}

/** Chunks come in order: this one must begin where the upload ends. */
function checkPlace(upload: Upload, range: ContentRange | undefined): void {
  if (range === undefined || range.first === upload.size) return;
  throw new Refusal('RANGE_INVALID', 'the chunk does not follow what is here', {
    headers: uploadHeaders(upload),
  });
}

function uploadHeaders({ id, repository, size }: Upload): Headers {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}`,
    Range: `0-${Math.max(0, size - 1)}`,
    'Docker-Upload-UUID': id,
  };
}

function created(repository: string, digest: AnyDigest): Reply {
  return reply(201, { Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest });
}
