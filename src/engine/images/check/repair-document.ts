import { type Digest, EngineError } from '#base';
import { parseImageConfig } from '#oci';
import type { RemoteRepository } from '#registry';
import { makeManifest } from '../made-manifest.ts';
import { checkBlob } from './check-blob.ts';
import type { CheckContext } from './context.ts';
import { openRepository, repositoriesOf } from './repositories.ts';

/** Longer than any that is taken in. */
const lengthLimitBytes = 8 << 20;

/**
 * Brings a document anew: makes it when it is a manifest that was made here, else fetches it from where one of its
 * images came from. Until then the damaged one stays.
 * @throws EngineError notFound, when it came from nowhere that is known; else what the last source failed with
 */
export async function repairDocument(
  context: CheckContext,
  digest: Digest,
  signal: AbortSignal,
): Promise<void> {
  const images = context.records.imagesWith(digest);
  for (const id of images) {
    const made = await remake(context, id, signal);
    if (made?.descriptor.digest === digest) return replace(context, digest, made.content);
  }
  let failure: unknown = new EngineError('notFound', 'it came from no registry');
  for (const name of repositoriesOf(context, images)) {
    try {
      return await replace(context, digest, await fetch(openRepository(context, name), digest, signal));
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

async function remake({ content, layers }: CheckContext, id: Digest, signal: AbortSignal) {
  if ((await checkBlob(content, id, signal)) !== 'sound') return undefined;
  const config = content.read(id);
  const parsed = parseImageConfig(config);
  const isWhole = parsed.rootfs.diff_ids.every((diffId) => layers.get(diffId) !== undefined);
  return isWhole ? makeManifest(config, parsed, layers) : undefined;
}

/** Registries serve configs and manifests by two doors, and nothing that is left here says which one it came by. */
async function fetch(repository: RemoteRepository, digest: Digest, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await repository.fetchDocument({ mediaType: '', digest, size: lengthLimitBytes }, signal);
  } catch {
    signal.throwIfAborted();
    return (await repository.fetchManifest(digest, signal)).content;
  }
}

/** In one step; the bytes are known to have the digest. */
async function replace({ content }: CheckContext, digest: Digest, bytes: Uint8Array): Promise<void> {
  await using blob = await content.ingest();
  await blob.write(bytes);
  await blob.keep(digest);
}
