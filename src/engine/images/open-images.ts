import type { Digest } from '#base';
import type { EngineFact } from '#engine/events';
import { familiarName, familiarReference } from '#oci';
import type { RegistryClient } from '#registry';
import type { ContentStore } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { Layers } from '#store/snapshots';
import { findImage, findTarget } from './find-image.ts';
import { LayerForms } from './forms/layer-forms.ts';
import { giveTargets } from './give-targets.ts';
import { imageHistory } from './image-history.ts';
import { ImageRecords } from './image-records.ts';
import { viewImage } from './image-view.ts';
import { Intake } from './intake.ts';
import { listImages } from './list-images.ts';
import { loadImages } from './load/load-images.ts';
import { newName } from './make/make-image.ts';
import { makeVerbs } from './make/verbs.ts';
import { familiarText } from './names.ts';
import { Puller } from './pull/puller.ts';
import { removeVerbs } from './remove-verbs.ts';
import { type ImageRoom, labelsOf, layerBytes, tell } from './room.ts';
import type { Images, ImageUser } from './types.ts';

export interface ImagesOptions {
  readonly metadata: Metadata;
  readonly content: ContentStore;
  readonly layers: Layers;
  readonly registry: RegistryClient;
  /** Layers that are fetched at a time, over all pulls; asked when one wants to begin. */
  readonly concurrentDownloads: () => number;
  /** Name of the snapshot driver, which inspect shows. */
  readonly driver: string;
  readonly publish: (fact: EngineFact) => void;
  /** The containers that were made from an image. */
  readonly usersOf: (imageId: Digest) => readonly ImageUser[];
}

/** Makes the room over its stores; `reconcile` comes before anything else. */
export function openImages(options: ImagesOptions): Images {
  const { content, layers, driver } = options;
  const records = new ImageRecords(options.metadata, content, layers);
  const intake = new Intake(records, content, layers);
  const forms = new LayerForms(options.metadata);
  const { registry, concurrentDownloads } = options;
  const puller = new Puller({ records, layers, intake, registry, concurrentDownloads });
  const { publish, usersOf } = options;
  const room: ImageRoom = { records, layers, forms, intake, publish, usersOf };

  return {
    ...removeVerbs(room),
    ...makeVerbs(room),
    resolve(nameOrId, platform) {
      const { id, config } = findImage(records, nameOrId, platform);
      return { id, reference: nameOrId, config, layers: config.rootfs.diff_ids };
    },
    list: (listOptions = {}) =>
      listImages(
        {
          records,
          layerBytes: (diffId) => layerBytes(room, diffId),
          containersOf: ({ id }) => usersOf(id).length,
        },
        listOptions,
      ),
    inspect(nameOrId) {
      const record = findImage(records, nameOrId);
      return viewImage(record, records.names(record.id), driver);
    },
    history(nameOrId) {
      const record = findImage(records, nameOrId);
      const diffIds = record.config.rootfs.diff_ids;
      const bytesOf = (index: number) => layerBytes(room, diffIds[index]);
      return imageHistory(record, records.names(record.id), bytesOf);
    },
    async pull(request, onProgress, signal) {
      const pulled = await puller.pull(request, onProgress, signal);
      for (const reference of pulled)
        tell(room, 'pull', familiarReference(reference), familiarName(reference));
    },
    async load(archive, onProgress, signal) {
      const ids = await loadImages({ records, layers, intake }, archive, onProgress, signal);
      for (const id of ids) tell(room, 'load', id, id);
    },
    tag(nameOrId, newText) {
      const name = newName(newText);
      const { record, target } = findTarget(records, nameOrId);
      records.point(name, target);
      tell(room, 'tag', record.id, familiarText(name), labelsOf(record));
    },
    diskBytes: () => layers.diskBytes(),
    count: () => records.count(),
    async reconcile() {
      await giveTargets(options);
      await intake.discard(records.unnamedDocuments());
    },
  };
}
