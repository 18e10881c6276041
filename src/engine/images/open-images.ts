import { type Digest, EngineError } from '#base';
import type { EngineFact, ImageAction } from '#engine/events';
import { familiarName, familiarReference, parseReference, withDefaultTag } from '#oci';
import type { RegistryClient } from '#registry';
import type { ContentStore } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { Layers } from '#store/snapshots';
import { findImage, requirePlatform } from './find-image.ts';
import { imageHistory } from './image-history.ts';
import { type ImageRecord, ImageRecords } from './image-records.ts';
import { viewImage } from './image-view.ts';
import { Intake } from './intake.ts';
import { listImages } from './list-images.ts';
import { loadImages } from './load/load-images.ts';
import { nameOf } from './names.ts';
import { Puller } from './pull/puller.ts';
import { removeImage } from './remove-image.ts';
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
  const { registry, concurrentDownloads } = options;
  const puller = new Puller({ records, layers, intake, registry, concurrentDownloads });
  const tell = (action: ImageAction, id: string, name: string, labels = {}) => {
    options.publish({ type: 'image', action, id, attributes: { ...labels, name } });
  };
  const labelsOf = (record: ImageRecord) => record.config.config.Labels ?? {};

  return {
    resolve(nameOrId, platform) {
      const record = findImage(records, nameOrId);
      if (platform !== undefined) requirePlatform(record, nameOrId, platform);
      const { id, config } = record;
      return { id, reference: nameOrId, config, layers: config.rootfs.diff_ids };
    },
    list: (listOptions = {}) =>
      listImages(
        {
          records,
          layerBytes: (diffId) => layers.get(diffId)?.sizeBytes ?? 0,
          containersOf: ({ id }) => options.usersOf(id).length,
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
      const layerBytes = (index: number) => {
        const diffId = diffIds[index];
        return (diffId === undefined ? undefined : layers.get(diffId)?.sizeBytes) ?? 0;
      };
      return imageHistory(record, records.names(record.id), layerBytes);
    },
    async pull(request, onProgress, signal) {
      const pulled = await puller.pull(request, onProgress, signal);
      for (const reference of pulled) tell('pull', familiarReference(reference), familiarName(reference));
    },
    async load(archive, onProgress, signal) {
      const ids = await loadImages({ records, layers, intake }, archive, onProgress, signal);
      for (const id of ids) tell('load', id, id);
    },
    tag(nameOrId, target) {
      const reference = withDefaultTag(parseReference(target));
      if (reference.digest !== undefined) {
        throw new EngineError('invalid', 'refusing to create a tag with a digest reference');
      }
      const record = findImage(records, nameOrId);
      records.point(nameOf(reference), record.id);
      tell('tag', record.id, familiarReference(reference), labelsOf(record));
    },
    async remove(nameOrId, removeOptions) {
      const labels = labelsOf(findImage(records, nameOrId));
      const { items, documents, id } = removeImage(
        { records, usersOf: options.usersOf },
        nameOrId,
        removeOptions,
      );
      for (const item of items) {
        if (item.kind === 'untagged') tell('untag', id, id, labels);
        else if (item.digest === id) tell('delete', id, id, labels);
      }
      await intake.discard(documents);
      return items;
    },
    count: () => records.count(),
    async reconcile() {
      await intake.discard(records.unnamedDocuments());
    },
  };
}
