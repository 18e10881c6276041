import type { RegistryClient } from '#registry';
import type { ContentStore } from '#store/content';
import type { Layers } from '#store/snapshots';
import type { LayerForms } from '../forms/layer-forms.ts';
import type { ImageRecords } from '../image-records.ts';

/** What a check of all images reads, and where it gets anew what is damaged. */
export interface CheckContext {
  readonly records: ImageRecords;
  readonly layers: Layers;
  readonly forms: LayerForms;
  readonly content: ContentStore;
  /** Asked with its own credentials. */
  readonly registry: RegistryClient;
}
