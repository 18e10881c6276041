import type { RegistryClient } from '#registry';
import type { BlobFolder, CompressionFormat, Compressors } from '#store/content';
import type { Layers } from '#store/snapshots';
import type { LayerForms } from '../forms/layer-forms.ts';
import type { ImageRecords } from '../image-records.ts';
import type { Intake } from '../intake.ts';
import type { LayerStatus, OnImageProgress } from '../types.ts';
import type { Destination } from './destination.ts';

/** What pushes work with. */
export interface PushContext {
  readonly records: ImageRecords;
  readonly layers: Layers;
  readonly forms: LayerForms;
  readonly content: BlobFolder;
  readonly intake: Intake;
  readonly registry: RegistryClient;
  readonly compressors: Compressors;
  /** How layers are compressed that have no form yet. */
  readonly compression: () => CompressionFormat;
  /** Layers that are uploaded at a time, over all pushes; asked when one wants to begin. */
  readonly concurrentUploads: () => number;
}

/** Where a push goes, who hears of it, and what ends it. */
export interface PushRoute {
  readonly destination: Destination;
  readonly onProgress: OnImageProgress;
  readonly signal: AbortSignal;
}

/** How one layer's push goes. */
export interface PushReport {
  readonly status: LayerStatus;
  readonly current?: number;
  readonly total?: number;
}
export type OnPushReport = (report: PushReport) => void;
