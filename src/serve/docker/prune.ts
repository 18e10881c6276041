import {
  type BuildPruneResponse,
  decodeFilters,
  type ImagePruneResponse,
  type NetworkPruneResponse,
} from '#api';
import { sendJson } from './answers.ts';
import { encodeRemoved } from './image-encode.ts';
import type { DockerApiParts, Handlers } from './types.ts';

type PruneOperation = 'imagePrune' | 'networkPrune' | 'buildPrune';

export function pruneHandlers({ images, networks }: DockerApiParts): Handlers<PruneOperation> {
  return {
    async imagePrune(call) {
      const { removed, reclaimedBytes } = await images.prune(decodeFilters(call.request.query));
      sendJson(call, 200, {
        ImagesDeleted: orNull(removed.map(encodeRemoved)),
        SpaceReclaimed: reclaimedBytes,
      } satisfies ImagePruneResponse);
    },
    async networkPrune(call) {
      const removed = await networks.prune(decodeFilters(call.request.query));
      sendJson(call, 200, { NetworksDeleted: orNull(removed) } satisfies NetworkPruneResponse);
    },
    /** There is no build cache. */
    async buildPrune(call) {
      sendJson(call, 200, { CachesDeleted: null, SpaceReclaimed: 0 } satisfies BuildPruneResponse);
    },
  };
}

/** Go's empty list. */
function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}
