import type { Digest } from '#base';
import {
  familiarName,
  familiarReference,
  fullName,
  hostPlatform,
  type ImageIndex,
  type ImageManifest,
  parseImageConfig,
  parseManifest,
  parseReference,
  type Reference,
  selectPlatform,
} from '#oci';
import type { RegistryClient, RemoteImage } from '#registry';
import type { Layers } from '#store/snapshots';
import { requirePlatform } from '../find-image.ts';
import type { LayerForms } from '../forms/layer-forms.ts';
import type { ImageName, ImageRecords } from '../image-records.ts';
import type { Intake } from '../intake.ts';
import { nameOf } from '../names.ts';
import type { OnImageProgress, PullRequest } from '../types.ts';
import { chooseManifest } from './choose-manifest.ts';
import { LayerFetcher } from './layer-fetcher.ts';
import { PartialBlobs } from './partial-blobs.ts';
import { pairLayers, type RemoteLayer, requireImageManifest } from './require-image.ts';

export interface PullContext {
  readonly records: ImageRecords;
  readonly layers: Layers;
  readonly forms: LayerForms;
  readonly intake: Intake;
  readonly registry: RegistryClient;
  /** Where downloads that were broken off wait for their next try. */
  readonly partialFolder: string;
  /** Layers that are fetched at a time, over all pulls. */
  readonly concurrentDownloads: () => number;
}

/** One name on its way: what was asked, what the registry has, who hears of it. */
interface Task {
  readonly reference: Reference;
  readonly request: PullRequest;
  readonly remote: RemoteImage;
  readonly top: ImageManifest | ImageIndex;
  readonly onProgress: OnImageProgress;
  readonly signal: AbortSignal;
}

/** Brings images from registries; pulls at the same time share what they have in common. */
export class Puller {
  readonly #context: PullContext;
  readonly #partials: PartialBlobs;
  readonly #fetcher: LayerFetcher;

  constructor(context: PullContext) {
    this.#context = context;
    this.#partials = new PartialBlobs(context.partialFolder);
    this.#fetcher = new LayerFetcher({ ...context, partials: this.#partials });
  }

  /** Pulls what the request names, every tag of a repository when it names none; answers what was pulled. */
  async pull(request: PullRequest, onProgress: OnImageProgress, signal: AbortSignal): Promise<Reference[]> {
    const reference = parseReference(request.reference);
    const isWhole = reference.tag === undefined && reference.digest === undefined;
    const references = isWhole ? await this.#everyTag(reference, request, signal) : [reference];
    let isNews = false;
    for (const one of references) {
      if (await this.#pullOne(one, request, onProgress, signal)) isNews = true;
    }
    const name = isWhole ? familiarName(reference) : familiarReference(reference);
    const status = isNews ? 'Downloaded newer image' : 'Image is up to date';
    onProgress({ kind: 'status', text: `Status: ${status} for ${name}` });
    return references;
  }

  async #everyTag(reference: Reference, { auth }: PullRequest, signal: AbortSignal): Promise<Reference[]> {
    const tags = await this.#context.registry.repository(reference, auth).listTags(signal);
    return tags.map((tag) => ({ ...reference, tag }));
  }

  /** Whether it brought anything. */
  async #pullOne(
    reference: Reference,
    request: PullRequest,
    onProgress: OnImageProgress,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { registry, intake } = this.#context;
    const repository = registry.repository(reference, request.auth);
    const name = reference.digest ?? reference.tag ?? 'latest';
    const tag = reference.tag ?? familiarReference(reference);
    const here = this.#digestHere(reference, request);
    if (here !== undefined && here === (await repository.findDigest(name, signal))) {
      onProgress({ kind: 'pulling', repository: reference.path, tag });
      onProgress({ kind: 'digest', digest: here });
      return false;
    }
    const remote = { repository, manifest: await repository.fetchManifest(name, signal) };
    const { content, mediaType, digest } = remote.manifest;
    const top = parseManifest(content, mediaType);
    if (top.kind === 'manifest') requireImageManifest(top);
    onProgress({ kind: 'pulling', repository: reference.path, tag });
    const names = namesOf(reference, digest);
    let isNews: boolean;
    try {
      isNews = await this.#takeIn({ reference, request, remote, top, onProgress, signal }, names);
    } finally {
      await intake.discard();
    }
    onProgress({ kind: 'digest', digest });
    return isNews;
  }

  /** What a reference names here, when the image that is asked for is here under all of its names. */
  #digestHere(reference: Reference, { platform = hostPlatform() }: PullRequest): Digest | undefined {
    const { records } = this.#context;
    const record = records.name(nameOf(reference));
    if (record === undefined) return undefined;
    const isNamed = namesOf(reference, record.target).every(
      (name) => records.targetOf(name)?.digest === record.target,
    );
    const image = selectPlatform(
      platform,
      record.images.flatMap((id) => records.get(id) ?? []),
      ({ config }) => config,
    );
    return isNamed && image !== undefined && !image.isDamaged ? record.target : undefined;
  }

  /** Whether the image was not here before, or not under this name. */
  async #takeIn(task: Task, names: readonly ImageName[]): Promise<boolean> {
    const { request, remote, top, signal } = task;
    const { records, intake } = this.#context;
    const { content, digest } = remote.manifest;
    const platform = request.platform ?? hostPlatform();
    const { manifest, documents } = await chooseManifest(remote.repository, top, platform, signal);
    requireImageManifest(manifest);
    const known = records.get(manifest.config.digest);
    const isHere = known !== undefined && !known.isDamaged;
    const isNamed = records.name(nameOf(task.reference))?.images.includes(manifest.config.digest) === true;
    const { config, layers } = await this.#fetchConfig(task, manifest);
    using _held = this.#context.layers.hold(layers.map(({ diffId }) => diffId));
    await this.#fetchLayers(task, layers, isHere);
    const target = { mediaType: top.mediaType, digest, size: content.length };
    await intake.register({ config, documents: [content, ...documents], target, names });
    await this.#partials.forget(manifest.layers.map((layer) => layer.digest));
    return !isHere || !isNamed;
  }

  /** The config, and what it says of the layers. @throws EngineError invalid, notFound */
  async #fetchConfig({ request, remote, signal }: Task, manifest: ImageManifest) {
    const config = await remote.repository.fetchDocument(manifest.config, signal);
    const parsed = parseImageConfig(config);
    if (request.platform !== undefined) {
      requirePlatform({ config: parsed }, request.reference, request.platform);
    }
    return { config, layers: pairLayers(manifest, parsed) };
  }

  /** The caller holds them. What is here already is not told of. */
  async #fetchLayers(task: Task, layers: readonly RemoteLayer[], isHere: boolean): Promise<void> {
    const { reference, remote, onProgress, signal } = task;
    await this.#fetcher.fetch(remote.repository, layers, isHere ? () => {} : onProgress, signal);
    const origin = { domain: reference.domain, repository: reference.path };
    for (const { diffId, descriptor } of layers)
      this.#context.forms.noteOrigin(diffId, descriptor.digest, origin);
  }
}

/** A tag also gives the image the name by the digest that it has now. */
function namesOf(reference: Reference, digest: Digest): ImageName[] {
  const byDigest: ImageName = { repository: fullName(reference), kind: 'digest', value: digest };
  return reference.digest === undefined ? [nameOf(reference), byDigest] : [byDigest];
}
