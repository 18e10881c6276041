import { type DiffId, type Digest, EngineError } from '#base';
import {
  familiarReference,
  fullName,
  hostPlatform,
  type ImageManifest,
  parseImageConfig,
  parseReference,
  type Reference,
} from '#oci';
import type { RegistryClient, RemoteImage } from '#registry';
import type { Layers } from '#store/snapshots';
import { requirePlatform } from '../find-image.ts';
import type { ImageName, ImageRecords } from '../image-records.ts';
import type { Intake } from '../intake.ts';
import { nameOf } from '../names.ts';
import type { OnImageProgress, PullRequest } from '../types.ts';
import { type ChosenManifest, chooseManifest } from './choose-manifest.ts';
import { LayerFetcher, type RemoteLayer } from './layer-fetcher.ts';

export interface PullContext {
  readonly records: ImageRecords;
  readonly layers: Layers;
  readonly intake: Intake;
  readonly registry: RegistryClient;
  /** Layers that are fetched at a time, over all pulls. */
  readonly concurrentDownloads: () => number;
}

/** Brings images from registries; pulls at the same time share what they have in common. */
export class Puller {
  readonly #context: PullContext;
  readonly #fetcher: LayerFetcher;

  constructor(context: PullContext) {
    this.#context = context;
    this.#fetcher = new LayerFetcher(context.layers, context.concurrentDownloads);
  }

  /** Pulls what the request names, every tag of a repository when it names none; answers what was pulled. */
  async pull(request: PullRequest, onProgress: OnImageProgress, signal: AbortSignal): Promise<Reference[]> {
    const reference = parseReference(request.reference);
    const references =
      reference.tag === undefined && reference.digest === undefined
        ? await this.#everyTag(reference, request, signal)
        : [reference];
    for (const one of references) await this.#pullOne(one, request, onProgress, signal);
    return references;
  }

  async #everyTag(reference: Reference, { auth }: PullRequest, signal: AbortSignal): Promise<Reference[]> {
    const tags = await this.#context.registry.repository(reference, auth).listTags(signal);
    return tags.map((tag) => ({ ...reference, tag }));
  }

  async #pullOne(
    reference: Reference,
    request: PullRequest,
    onProgress: OnImageProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const { registry, layers } = this.#context;
    const remote = await registry.resolve(reference, request.auth, signal);
    const { digest } = remote.manifest;
    onProgress({ kind: 'pulling', repository: reference.path, tag: reference.tag ?? digest });
    const names = namesOf(reference, digest);
    const before = this.#idsOf(names);
    try {
      const chosen = await chooseManifest(remote, request.platform ?? hostPlatform(), signal);
      await this.#takeIn(remote, chosen, request, { names, onProgress, signal });
    } finally {
      await layers.collect();
    }
    onProgress({ kind: 'digest', digest });
    const isNews = this.#idsOf(names).some((id, index) => id !== before[index]);
    const status = isNews ? 'Downloaded newer image' : 'Image is up to date';
    onProgress({ kind: 'status', text: `Status: ${status} for ${familiarReference(reference)}` });
  }

  async #takeIn(
    remote: RemoteImage,
    { manifest, content }: ChosenManifest,
    request: PullRequest,
    task: {
      readonly names: readonly ImageName[];
      readonly onProgress: OnImageProgress;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const config = await remote.repository.fetchDocument(manifest.config, task.signal);
    const parsed = parseImageConfig(config);
    if (request.platform !== undefined) {
      requirePlatform({ config: parsed }, request.reference, request.platform);
    }
    const wanted = pairLayers(manifest, parsed.rootfs.diff_ids);
    using _held = this.#context.layers.hold(parsed.rootfs.diff_ids);
    await this.#fetcher.fetch(remote, wanted, task.onProgress, task.signal);
    const { mediaType, digest, content: top } = remote.manifest;
    const documents = content === undefined ? [top] : [top, content];
    const target = { mediaType, digest, size: top.length };
    await this.#context.intake.register({ config, documents, target, names: task.names });
  }

  #idsOf(names: readonly ImageName[]): (Digest | undefined)[] {
    return names.map((name) => this.#context.records.idOf(name));
  }
}

/** A tag also gives the image the name by the digest that it has now. */
function namesOf(reference: Reference, digest: Digest): ImageName[] {
  const byDigest: ImageName = { repository: fullName(reference), kind: 'digest', value: digest };
  return reference.digest === undefined ? [nameOf(reference), byDigest] : [byDigest];
}

function pairLayers({ layers }: ImageManifest, diffIds: readonly DiffId[]): RemoteLayer[] {
  if (layers.length !== diffIds.length) {
    throw new EngineError(
      'invalid',
      `invalid image: ${layers.length} layers, its config has ${diffIds.length}`,
    );
  }
  return diffIds.flatMap((diffId, index) => {
    const descriptor = layers[index];
    return descriptor === undefined ? [] : [{ diffId, descriptor }];
  });
}
