import { type Digest, EngineError } from '#base';
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
): Pick<Images, 'resolve' | 'list' | 'inspect' | 'history' | 'count' | 'noteUse' | 'diff' | 'manifestOf'> {
  const { records } = room;
  return {
    resolve(nameOrId, platform) {
      const { id, config, isDamaged } = findImage(records, nameOrId, platform);
      if (isDamaged) throw damaged(id);
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
    manifestOf(id) {
      const views = records.targetsOf(id).flatMap((target) => records.manifestsOf(target));
      return views.find(({ imageId }) => imageId === id)?.descriptor;
    },
    async diff(before, after, signal) {
      const [old, young] = [before, after].map((name) => findImage(records, name).config.rootfs.diff_ids);
      using _held = room.layers.hold([...(old ?? []), ...(young ?? [])]);
      return await room.layers.compare(old ?? [], young ?? [], signal);
    },
    count: () => records.count(),
    noteUse: (id) => records.noteUse(id),
  };
}

function damaged(id: Digest): EngineError {
  return new EngineError('corrupt', `image ${id} is damaged: its config cannot be read`, {
    hint: '`wharf image check --repair` fetches it anew.',
  });
}
