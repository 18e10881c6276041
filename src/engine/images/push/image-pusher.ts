import { type Digest, digestOf, EngineError } from '#base';
import { type Descriptor, type ImageManifest, layerCompression, parseImageConfig, parseManifest } from '#oci';
import type { FormOrigin } from '../forms/layer-forms.ts';
import type { OnImageProgress } from '../types.ts';
import type { Destination } from './destination.ts';
import { LayerPusher, type PushedLayer } from './layer-pusher.ts';
import type { PushContext } from './push-context.ts';
import { encodePushedManifest } from './pushed-manifest.ts';

/** What is pushed, and by which name it came: repositories that have had it. */
export interface PushedDocument {
  readonly descriptor: Descriptor;
  readonly origins: readonly FormOrigin[];
}

/** One manifest as the repository has it now. */
export interface PushedImage {
  readonly descriptor: Descriptor;
  /** Its bytes, when it was made for this push. */
  readonly made?: Uint8Array;
  readonly imageId: Digest;
}

/** Brings whole manifests into repositories. */
export class ImagePusher {
  readonly #context: PushContext;
  readonly #layers: LayerPusher;

  constructor(context: PushContext) {
    this.#context = context;
    this.#layers = new LayerPusher(context);
  }

  /**
   * Pushes an image, and puts its manifest under a tag or, without one, under its digest. The manifest is the one that
   * is here when every layer got there in the form that this one names; else one is made.
   */
  async pushImage(
    destination: Destination,
    { descriptor, origins }: PushedDocument,
    tag: string | undefined,
    onProgress: OnImageProgress,
    signal: AbortSignal,
  ): Promise<PushedImage> {
    const { content, layers } = this.#context;
    const bytes = content.read(descriptor.digest);
    const manifest = requireManifest(bytes, descriptor);
    const wanted = pairLayers(manifest, content.read(manifest.config.digest), origins);
    using _held = layers.hold(wanted.map(({ diffId }) => diffId));
    const forms = await this.#layers.push(destination, wanted, onProgress, signal);
    await this.#bringDocument(destination, manifest.config, signal);
    const isSame = forms.every(({ digest }, index) => digest === manifest.layers[index]?.digest);
    const pushed = isSame
      ? { mediaType: descriptor.mediaType, content: bytes }
      : encodePushedManifest(manifest.config, forms);
    const digest = digestOf(pushed.content);
    await destination.putManifest(tag ?? digest, pushed, signal);
    const { mediaType } = pushed;
    const told = { mediaType, digest, size: pushed.content.length };
    return { descriptor: told, imageId: manifest.config.digest, ...(!isSame && { made: pushed.content }) };
  }

  /** Pushes a manifest that is no image (an attestation); false when a part of it is not to be got any more. */
  async pushArtifact(
    destination: Destination,
    { descriptor, origins }: PushedDocument,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { content } = this.#context;
    const bytes = content.read(descriptor.digest);
    const manifest = requireManifest(bytes, descriptor);
    for (const part of [manifest.config, ...manifest.layers]) {
      const isThere = await destination.bring(this.#blob(part, origins), () => {}, signal);
      if (!isThere) return false;
    }
    const { mediaType } = descriptor;
    await destination.putManifest(descriptor.digest, { mediaType, content: bytes }, signal);
    return true;
  }

  async #bringDocument(destination: Destination, descriptor: Descriptor, signal: AbortSignal): Promise<void> {
    await destination.bring(this.#blob(descriptor, []), () => {}, signal);
  }

  #blob(descriptor: Descriptor, origins: readonly FormOrigin[]) {
    const { content } = this.#context;
    const { digest } = descriptor;
    const common = { descriptor, origins, isFetched: true };
    if (!content.has(digest)) return common;
    return { ...common, read: (start: number) => content.stream(digest, { start }) };
  }
}

function requireManifest(bytes: Uint8Array, { digest, mediaType }: Descriptor): ImageManifest {
  const manifest = parseManifest(bytes, mediaType);
  if (manifest.kind === 'manifest') return manifest;
  throw new EngineError('invalid', `${digest} is an index, not a manifest`);
}

/**
 * A manifest that came from a registry, or names compressed layers, names them as they are to be pushed; a plain tar
 * that nobody else knows is better sent compressed.
 */
function pairLayers(
  { layers }: ImageManifest,
  config: Uint8Array,
  origins: readonly FormOrigin[],
): PushedLayer[] {
  const { diff_ids: diffIds } = parseImageConfig(config).rootfs;
  if (diffIds.length !== layers.length) {
    throw new EngineError('corrupt', `manifest has ${layers.length} layers, its config ${diffIds.length}`);
  }
  return diffIds.flatMap((diffId, index): PushedLayer | [] => {
    const named = layers[index];
    if (named === undefined) return [];
    const isNamed = origins.length > 0 || layerCompression(named.mediaType) !== 'none';
    return { diffId, origins, ...(isNamed && { named }) };
  });
}
