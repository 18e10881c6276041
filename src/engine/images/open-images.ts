import { type Digest, SingleRun } from '#base';
import type { EngineFact } from '#engine/events';
import { familiarName, familiarReference, type Reference } from '#oci';
import type { RegistryClient } from '#registry';
import type { BlobFolder, CompressionFormat, Compressors } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { Layers } from '#store/snapshots';
import { checkImages } from './check/check-images.ts';
import { LayerForms } from './forms/layer-forms.ts';
import { giveTargets } from './give-targets.ts';
import { ImageRecords } from './image-records.ts';
import { Intake } from './intake.ts';
import { loadImages } from './load/load-images.ts';
import { lookVerbs } from './look-verbs.ts';
import { makeVerbs } from './make/verbs.ts';
import { Puller } from './pull/puller.ts';
import { Pusher } from './push/pusher.ts';
import { remoteVerbs } from './remote/remote-verbs.ts';
import { removeVerbs } from './remove-verbs.ts';
import { type ImageRoom, tell } from './room.ts';
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
  const { metadata, content, layers, registry, publish, usersOf, policy } = options;
  const records = new ImageRecords(metadata, content, layers);
  const forms = new LayerForms(metadata);
  const intake = new Intake({ records, content, layers, forms });
  const room: ImageRoom = { records, layers, forms, intake, policy, publish, usersOf };
  const stores: ImageStores = { records, content, layers, forms, intake };
  return {
    ...lookVerbs(room, options.driver),
    ...removeVerbs(room, options.measureDisk),
    ...makeVerbs(room),
    ...remoteVerbs(registry),
    ...transferVerbs(room, stores, options),
    ...archiveVerbs(room, stores),
    ...careVerbs(stores, options),
  };
}

/** What the verbs that bring, send and check images work with. */
interface ImageStores {
  readonly records: ImageRecords;
  readonly content: BlobFolder;
  readonly layers: Layers;
  readonly forms: LayerForms;
  readonly intake: Intake;
}

/** What moves images between here and registries. */
function transferVerbs(
  room: ImageRoom,
  stores: ImageStores,
  options: ImagesOptions,
): Pick<Images, 'pull' | 'push'> {
  const { pushCompression: compression } = options;
  const puller = new Puller({ ...options, ...stores });
  const pusher = new Pusher({ ...options, ...stores, compression });
  const tellAll = (action: 'pull' | 'push', references: readonly Reference[]) => {
    for (const reference of references)
      tell(room, action, familiarReference(reference), familiarName(reference));
  };
  return {
    async pull(request, onProgress, signal) {
      tellAll('pull', await puller.pull(request, onProgress, signal));
    },
    async push(request, onProgress, signal) {
      tellAll('push', await pusher.push(request, onProgress, signal));
    },
  };
}

/** What moves images between here and archives. */
function archiveVerbs(room: ImageRoom, stores: ImageStores): Pick<Images, 'load' | 'save'> {
  return {
    async load(archive, platforms, onProgress, signal) {
      const ids = await loadImages(stores, archive, platforms, onProgress, signal);
      for (const id of ids) tell(room, 'load', id, id);
    },
    save(namesOrIds, platforms) {
      const { archive, ids } = saveImages(stores, namesOrIds, platforms);
      for (const id of ids) tell(room, 'save', id, id);
      return archive;
    },
  };
}

/** What looks after the stores. */
function careVerbs(
  stores: ImageStores,
  options: ImagesOptions,
): Pick<Images, 'check' | 'diskBytes' | 'reconcile'> {
  const { content, layers, intake } = stores;
  const { registry } = options;
  const checking = new SingleRun('a check is already running');
  return {
    check: (asked, signal) => checking.run(() => checkImages({ ...stores, registry }, asked, signal)),
    diskBytes: async () => (await layers.diskBytes()) + blobBytes(content),
    async reconcile() {
      await giveTargets(options);
      await intake.sweep();
    },
  };
}

function blobBytes(content: BlobFolder): number {
  return content.list().reduce((sum, digest) => sum + (content.sizeOf(digest) ?? 0), 0);
}
