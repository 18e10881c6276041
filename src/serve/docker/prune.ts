import {
  type BuildPruneResponse,
  decodeFilters,
  type ImagePruneResponse,
  type NetworkPruneResponse,
  readFlag,
  readInteger,
} from '#api';
import { stepId } from '#engine/builder';
import { sendJson } from './answers.ts';
import { encodeRemoved } from './image-encode.ts';
import type { DockerApiParts, Handlers } from './types.ts';

type PruneOperation = 'imagePrune' | 'networkPrune' | 'buildPrune';

export function pruneHandlers({ builder, images, networks }: DockerApiParts): Handlers<PruneOperation> {
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
    async buildPrune(call) {
      const { query } = call.request;
      const reserved = readInteger(query, 'reserved-space') ?? readInteger(query, 'keep-storage') ?? 0;
      const { removed, reclaimedBytes } = await builder.pruneCache({
        filter: decodeFilters(query),
        all: readFlag(query, 'all'),
        keepBytes: reserved,
      });
      sendJson(call, 200, {
        CachesDeleted: orNull(removed.map(({ key }) => stepId(key))),
        SpaceReclaimed: reclaimedBytes,
      } satisfies BuildPruneResponse);
    },
  };
}

/** Go's empty list. */
function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}
