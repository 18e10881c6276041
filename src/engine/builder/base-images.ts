import { type DiffId, type Digest, errorKind } from '#base';
import type { Images } from '#engine/images';
import { formatPlatform, formatReference, type Platform, parseReference, withDefaultTag } from '#oci';
import type { ImageVertex } from './graph/types.ts';
import type { BaseImage, PlanSources } from './plan/types.ts';
import type { BuildRequest } from './types.ts';

type ImageRoom = Pick<Images, 'pull' | 'resolve'>;

/** The base images of one build: those that are here, or else brought from their registries. */
export class BaseImages implements PlanSources {
  readonly #images: ImageRoom;
  readonly #request: BuildRequest;
  readonly #signal: AbortSignal;
  readonly #resolved = new Map<string, Digest>();

  constructor(images: ImageRoom, request: BuildRequest, signal: AbortSignal) {
    this.#images = images;
    this.#request = request;
    this.#signal = signal;
  }

  async resolveImage(reference: string, platform: Platform): Promise<BaseImage> {
    if (this.#request.pull || !this.#isHere(reference, platform)) await this.#pull(reference, platform);
    const { id, config } = this.#images.resolve(reference, platform);
    this.#resolved.set(placeOf(reference, platform), id);
    return { reference, config };
  }

  /** By its ID: the name may have moved since. */
  layersOf({ reference, platform }: ImageVertex): readonly DiffId[] {
    return this.#images.resolve(this.#resolved.get(placeOf(reference, platform)) ?? reference).layers;
  }

  #isHere(reference: string, platform: Platform): boolean {
    try {
      this.#images.resolve(reference, platform);
      return true;
    } catch (error) {
      if (errorKind(error) !== 'notFound') throw error;
      return false;
    }
  }

  async #pull(reference: string, platform: Platform): Promise<void> {
    const auth = await this.#request.authOf(reference);
    const tagged = formatReference(withDefaultTag(parseReference(reference)));
    const request = { reference: tagged, platform, ...(auth !== undefined && { auth }) };
    await this.#images.pull(request, () => {}, this.#signal);
  }
}

function placeOf(reference: string, platform: Platform): string {
  return `${formatPlatform(platform)} ${reference}`;
}
