import { type Digest, digestOf, EngineError } from '#base';
import { type Descriptor, type ImageManifest, layerCompression, parseImageConfig, parseManifest } from '#oci';
import type { FormOrigin } from '../forms/layer-forms.ts';
import { SharedFate } from '../shared-fate.ts';
import { LayerPusher, type PushedLayer } from './layer-pusher.ts';
import type { PushContext, PushRoute } from './push-context.ts';
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
    route: PushRoute,
    { descriptor, origins }: PushedDocument,
    tag?: string,
  ): Promise<PushedImage> {
    const { content, layers } = this.#context;
    const bytes = content.read(descriptor.digest);
    const manifest = requireManifest(bytes, descriptor);
    const wanted = pairLayers(manifest, content.read(manifest.config.digest), origins);
    using _held = layers.hold(wanted.map(({ diffId }) => diffId));
    const forms = await this.#bringParts(route, manifest.config, wanted);
    const isSame = forms.every(({ digest }, index) => digest === manifest.layers[index]?.digest);
    const pushed = isSame
      ? { mediaType: descriptor.mediaType, content: bytes }
      : encodePushedManifest(manifest.config, forms);
    const digest = digestOf(pushed.content);
    await route.destination.putManifest(tag ?? digest, pushed, route.signal);
    const { mediaType } = pushed;
    const told = { mediaType, digest, size: pushed.content.length };
    return { descriptor: told, imageId: manifest.config.digest, ...(!isSame && { made: pushed.content }) };
  }

  /** Pushes a manifest that is no image (an attestation); false when a part of it is not to be got any more. */
  async pushArtifact(route: PushRoute, { descriptor, origins }: PushedDocument): Promise<boolean> {
    const { content } = this.#context;
    const bytes = content.read(descriptor.digest);
    const manifest = requireManifest(bytes, descriptor);
    for (const part of [manifest.config, ...manifest.layers]) {
      if (!(await this.#bring(route, part, origins))) return false;
    }
    const { mediaType } = descriptor;
    await route.destination.putManifest(descriptor.digest, { mediaType, content: bytes }, route.signal);
    return true;
  }

  /** A config and its layers, beside each other; when one fails, the others are given up. */
  async #bringParts(
    route: PushRoute,
    config: Descriptor,
    layers: readonly PushedLayer[],
  ): Promise<readonly Descriptor[]> {
    await using fate = new SharedFate(route.signal);
    const both = { ...route, signal: fate.signal };
    const pushed = fate.add(this.#layers.push(both, layers));
    const [forms] = await Promise.all([pushed, fate.add(this.#bring(both, config, []))]);
    return forms;
  }

  /** Brings what is no layer; false when it is not to be got any more. */
  #bring(
    { destination, signal }: PushRoute,
    descriptor: Descriptor,
    origins: readonly FormOrigin[],
  ): Promise<boolean> {
    const { content } = this.#context;
    const { digest } = descriptor;
    const read = (start: number) => content.stream(digest, { start });
    const blob = { descriptor, origins, isFetched: true, ...(content.has(digest) && { read }) };
    return destination.bring(blob, () => {}, signal);
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
