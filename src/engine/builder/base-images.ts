import { type DiffId, type Digest, errorKind } from '#base';
import type { ImageProgress, Images } from '#engine/images';
import { formatPlatform, formatReference, type Platform, parseReference, withDefaultTag } from '#oci';
import type { ImageVertex } from './graph/types.ts';
import { type Measure, OwnSteps } from './own-steps.ts';
import type { BaseImage, PlanSources } from './plan/types.ts';
import type { BuildRequest } from './types.ts';

type ImageRoom = Pick<Images, 'pull' | 'resolve'>;

/** The base images of one build: those that are here, or else brought from their registries. */
export class BaseImages implements PlanSources {
  readonly #images: ImageRoom;
  readonly #request: BuildRequest;
  readonly #signal: AbortSignal;
  readonly #steps: OwnSteps;
  readonly #resolved = new Map<string, Digest>();

  constructor(images: ImageRoom, request: BuildRequest, signal: AbortSignal) {
    this.#images = images;
    this.#request = request;
    this.#signal = signal;
    this.#steps = new OwnSteps(request.onEvent);
  }

  async resolveImage(reference: string, platform: Platform): Promise<BaseImage> {
    const name = formatReference(withDefaultTag(parseReference(reference)));
    await this.#steps.run(`[internal] load metadata for ${name}`, async (measure) => {
      const isWanted = this.#request.pull || !this.#isHere(reference, platform);
      if (isWanted) await this.#pull(name, platform, measure);
    });
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

  async #pull(reference: string, platform: Platform, measure: Measure): Promise<void> {
    const auth = await this.#request.authOf(reference);
    const request = { reference, platform, ...(auth !== undefined && { auth }) };
    await this.#images.pull(request, (progress) => tellLayer(progress, measure), this.#signal);
  }
}

/** Layers as they come in. */
function tellLayer(progress: ImageProgress, measure: Measure): void {
  if (progress.kind !== 'layer') return;
  const { id, status, current = 0, total = 0 } = progress;
  if (status === 'Downloading') measure(`layer ${id}`, current, total);
  if (status === 'Download complete') measure(`layer ${id}`, total, total, true);
}

function placeOf(reference: string, platform: Platform): string {
  return `${formatPlatform(platform)} ${reference}`;
}
