import { type DiffId, type Digest, EngineError } from '#base';
import { type Descriptor, parseManifest } from '#oci';
import type { CheckContext } from './context.ts';
import { openRepository, repositoriesOf } from './repositories.ts';

/** One place that a layer may be got from. */
interface LayerSource {
  readonly descriptor: Descriptor;
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/**
 * Brings a layer's files anew, from the first source that has them whole; until then the damaged ones stay.
 * @throws EngineError notFound, when it came from nowhere that is known; else what the last source failed with
 */
export async function repairLayer(context: CheckContext, diffId: DiffId, signal: AbortSignal): Promise<void> {
  let failure: unknown = new EngineError('notFound', 'it came from no registry');
  for (const source of [...knownForms(context, diffId), ...namedForms(context, diffId)]) {
    try {
      return await bring(context, diffId, source, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

async function bring(
  { layers }: CheckContext,
  diffId: DiffId,
  { descriptor: { digest, size }, open }: LayerSource,
  signal: AbortSignal,
): Promise<void> {
  await using ingest = await layers.ingest({ diffId, digest, wireBytes: size, replaces: true }, signal);
  for await (const piece of open(signal)) await ingest.write(piece);
  await ingest.finish();
}

/** The forms that the layer was seen in: those that are kept here, then those of registries. */
function* knownForms(context: CheckContext, diffId: DiffId): Generator<LayerSource> {
  for (const { descriptor, kept } of context.forms.of(diffId)) {
    if (kept) yield { descriptor, open: () => context.content.stream(descriptor.digest) };
    for (const { domain, repository } of context.forms.origins(descriptor.digest)) {
      yield remoteSource(context, `${domain}/${repository}`, descriptor);
    }
  }
}

/** The forms that manifests of images give it, at the registries that these came from. */
function* namedForms(context: CheckContext, diffId: DiffId): Generator<LayerSource> {
  const { records } = context;
  for (const { id, config } of records.all()) {
    const position = config.rootfs.diff_ids.indexOf(diffId);
    if (position < 0) continue;
    for (const repository of repositoriesOf(context, [id])) {
      for (const layers of manifestLayers(context, id)) {
        const descriptor = layers[position];
        if (descriptor !== undefined) yield remoteSource(context, repository, descriptor);
      }
    }
  }
}

function remoteSource(context: CheckContext, repository: string, descriptor: Descriptor): LayerSource {
  const open = (signal: AbortSignal) => openRepository(context, repository).fetchBlob(descriptor, signal);
  return { descriptor, open };
}

/** The layers of each manifest that describes the image, bottom to top. */
function manifestLayers({ records, content }: CheckContext, id: Digest): (readonly Descriptor[])[] {
  const targets = new Map(records.targetsOf(id).map((target) => [target.digest, target]));
  return [...targets.values()].flatMap((target) => {
    const manifest = records.manifestsOf(target).find(({ imageId }) => imageId === id);
    if (manifest === undefined) return [];
    const document = parseManifest(content.read(manifest.descriptor.digest));
    return document.kind === 'manifest' ? [document.layers] : [];
  });
}
