import type { DiffId, Digest } from '#base';
import type { EngineFact, ImageAction } from '#engine/events';
import type { Layers } from '#store/snapshots';
import type { LayerForms } from './forms/layer-forms.ts';
import type { ImageRecord, ImageRecords } from './image-records.ts';
import type { Intake } from './intake.ts';
import type { ImagePolicy, ImageUser } from './types.ts';

/** What the verbs of this room work with. */
export interface ImageRoom {
  readonly records: ImageRecords;
  readonly layers: Layers;
  readonly forms: LayerForms;
  readonly intake: Intake;
  readonly publish: (fact: EngineFact) => void;
  readonly policy: () => ImagePolicy;
  readonly usersOf: (imageId: Digest) => readonly ImageUser[];
}

/** Publishes a fact about an image. */
export function tell(
  { publish }: Pick<ImageRoom, 'publish'>,
  action: ImageAction,
  id: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): void {
  publish({ type: 'image', action, id, attributes: { ...labels, name } });
}

export function labelsOf({ config }: ImageRecord): Readonly<Record<string, string>> {
  return config.config.Labels ?? {};
}

/** What a layer adds to an image's size; 0 when it is not here. */
export function layerBytes({ layers }: ImageRoom, diffId: DiffId | undefined): number {
  return (diffId === undefined ? undefined : layers.get(diffId)?.sizeBytes) ?? 0;
}
