/**
 * engine/images: the local images and their names: pull, load, list, inspect, history, tag, remove.
 *
 * Life cycle: the daemon makes it over the stores and the registry client, lets it `reconcile` and then serves.
 * An image is there when its row is: documents and layers come first, the row and the name in one transaction.
 *
 * It formats nothing for a protocol, and asks its constructor's argument which containers use an image.
 */
export { applyChanges } from './change/apply-changes.ts';
export type { ManifestView } from './manifest-views.ts';
export { type ImagesOptions, openImages } from './open-images.ts';
export type { ArchivePart } from './save/archive-parts.ts';
export type { ImageArchive } from './save/save-images.ts';
export type { StoredFile } from './save/saved-image.ts';
export type {
  CheckOptions,
  CommitRequest,
  DiskSpace,
  ImageFilters,
  ImagePolicy,
  ImageProgress,
  Images,
  ImageUser,
  ImportRequest,
  InspectOptions,
  LayerStatus,
  ListOptions,
  OnImageProgress,
  PullRequest,
  PushRequest,
  RemoteImageView,
  RemoveOptions,
  ResolvedImage,
  WaterMarks,
} from './types.ts';
export { parseAgeMs } from './unused.ts';
export type {
  CheckFinding,
  CheckReport,
  ImageChange,
  ImageHistoryItem,
  ImageSummaryView,
  ImageView,
  ManifestSummary,
  RemovedItem,
} from './views.ts';
