import { type Digest, SingleRun } from '#base';
import type { EngineFact } from '#engine/events';
import { familiarName, familiarReference } from '#oci';
import type { RegistryClient } from '#registry';
import type { BlobFolder, CompressionFormat, Compressors } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { Layers } from '#store/snapshots';
import { checkImages } from './check/check-images.ts';
import { findTarget } from './find-image.ts';
import { LayerForms } from './forms/layer-forms.ts';
import { giveTargets } from './give-targets.ts';
import { ImageRecords } from './image-records.ts';
import { Intake } from './intake.ts';

import { loadImages } from './load/load-images.ts';
import { lookVerbs } from './look-verbs.ts';
import { newName } from './make/make-image.ts';
import { makeVerbs } from './make/verbs.ts';
import { familiarText } from './names.ts';
import { Puller } from './pull/puller.ts';
import { Pusher } from './push/pusher.ts';
import { remoteVerbs } from './remote/remote-verbs.ts';
import { removeVerbs } from './remove-verbs.ts';
import { type ImageRoom, labelsOf, tell } from './room.ts';
import { saveImages } from './save/save-images.ts';
import type { DiskSpace, ImagePolicy, Images, ImageUser } from './types.ts';

export interface ImagesOptions {
  readonly metadata: Metadata;
  readonly content: BlobFolder;
  readonly layers: Layers;
  readonly registry: RegistryClient;
  /** Where downloads that were broken off wait for their next try; made when it is missing. */
  readonly partialFolder: string;
  /** Layers that are fetched at a time, over all pulls; asked when one wants to begin. */
  readonly concurrentDownloads: () => number;
  /** The same for uploads. */
  readonly concurrentUploads: () => number;
  readonly compressors: Compressors;
  /** How layers that are pushed are compressed, unless a registry knows them already. */
  readonly pushCompression: () => CompressionFormat;
  /** Name of the snapshot driver, which inspect shows. */
  readonly driver: string;
  readonly policy: () => ImagePolicy;
  /** Of the file system that images take room on. */
  readonly measureDisk: () => Promise<DiskSpace>;
  readonly publish: (fact: EngineFact) => void;
  /** The containers that were made from an image. */
  readonly usersOf: (imageId: Digest) => readonly ImageUser[];
}

/** Makes the room over its stores; `reconcile` comes before anything else. */
export function openImages(options: ImagesOptions): Images {
  const { content, layers, driver } = options;
  const records = new ImageRecords(options.metadata, content, layers);
  const forms = new LayerForms(options.metadata);
  const intake = new Intake({ records, content, layers, forms });
  const { registry, concurrentDownloads, partialFolder } = options;
  const pullStores = { records, layers, forms, intake, partialFolder };
  const puller = new Puller({ ...pullStores, registry, concurrentDownloads });
  const { compressors, concurrentUploads, pushCompression: compression } = options;
  const stores = { records, layers, forms, content, intake };
  const pusher = new Pusher({ ...stores, registry, compressors, compression, concurrentUploads });
  const { publish, usersOf, policy, measureDisk } = options;
  const room: ImageRoom = { records, layers, forms, intake, policy, publish, usersOf };
  const checking = new SingleRun('a check is already running');

  return {
    ...lookVerbs(room, driver),
    ...removeVerbs(room, measureDisk),
    ...makeVerbs(room),
    ...remoteVerbs(registry),
    async pull(request, onProgress, signal) {
      const pulled = await puller.pull(request, onProgress, signal);
      for (const reference of pulled)
        tell(room, 'pull', familiarReference(reference), familiarName(reference));
    },
    async push(request, onProgress, signal) {
      const pushed = await pusher.push(request, onProgress, signal);
      for (const reference of pushed)
        tell(room, 'push', familiarReference(reference), familiarName(reference));
    },
    async load(archive, platforms, onProgress, signal) {
      const context = { records, content, layers, forms, intake };
      const ids = await loadImages(context, archive, platforms, onProgress, signal);
      for (const id of ids) tell(room, 'load', id, id);
    },
    save(namesOrIds, platforms) {
      const { archive, ids } = saveImages({ records, layers, content }, namesOrIds, platforms);
      for (const id of ids) tell(room, 'save', id, id);
      return archive;
    },
    tag(nameOrId, newText) {
      const name = newName(newText);
      const { record, target } = findTarget(records, nameOrId);
      records.point(name, target);
      tell(room, 'tag', record.id, familiarText(name), labelsOf(record));
    },
    diskBytes: async () => (await layers.diskBytes()) + blobBytes(content),
    check: (checkOptions, signal) =>
      checking.run(() => checkImages({ records, layers, forms, content, registry }, checkOptions, signal)),
    async reconcile() {
      await giveTargets(options);
      await intake.sweep();
    },
  };
}

function blobBytes(content: BlobFolder): number {
  return content.list().reduce((sum, digest) => sum + (content.sizeOf(digest) ?? 0), 0);
}
