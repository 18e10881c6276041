import { findImage, findTarget } from './find-image.ts';
import { imageHistory } from './image-history.ts';
import { viewImage } from './image-view.ts';
import { listImages } from './list-images.ts';
import { summariseManifests } from './manifest-summary.ts';
import { type ImageRoom, layerBytes } from './room.ts';
import type { Images } from './types.ts';

/** What only looks at images. `driver` is the snapshot driver's name. */
export function lookVerbs(
  room: ImageRoom,
  driver: string,
): Pick<Images, 'resolve' | 'list' | 'inspect' | 'history' | 'count' | 'noteUse'> {
  const { records } = room;
  return {
    resolve(nameOrId, platform) {
      const { id, config } = findImage(records, nameOrId, platform);
      return { id, reference: nameOrId, config, layers: config.rootfs.diff_ids };
    },
    list: (options = {}) => listImages(room, options),
    inspect(nameOrId, { platform, manifests = false } = {}) {
      const { record, target } = findTarget(records, nameOrId, platform);
      return {
        ...viewImage(record, records.names(record.id)),
        driver,
        target,
        manifests: manifests ? summariseManifests(room, target) : undefined,
      };
    },
    history(nameOrId, platform) {
      const record = findImage(records, nameOrId, platform);
      const diffIds = record.config.rootfs.diff_ids;
      const bytesOf = (index: number) => layerBytes(room, diffIds[index]);
      return imageHistory(record, records.names(record.id), bytesOf);
    },
    count: () => records.count(),
    noteUse: (id) => records.noteUse(id),
  };
}
