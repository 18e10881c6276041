import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '#base';
import { parseDockerfile } from '#dockerfile';
import type { ContainerEngine } from '#engine/containers';
import type { Images } from '#engine/images';
import { hostPlatform, type ImageConfigFile } from '#oci';
import { decompress } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { Layers, Snapshots } from '#store/snapshots';
import { BaseImages } from './base-images.ts';
import { BuildCache } from './cache/build-cache.ts';
import { type CachedStep, type CachePrune, chooseSteps, listCache } from './cache/prune-cache.ts';
import { imageConfig } from './export/image-config.ts';
import type { PlannedImage } from './graph/types.ts';
import { planBuild } from './plan/plan-build.ts';
import { CacheMounts } from './run/cache-mounts.ts';
import { CommandRunner } from './run/command-runner.ts';
import { BuildSolve, type SolverParts } from './solve/build-solve.ts';
import { Flights } from './solve/flights.ts';
import { RootViews } from './solve/root-views.ts';
import { SelectionDigests } from './solve/selection-digests.ts';
import { Slots } from './solve/slots.ts';
import type { SourceTree } from './solve/types.ts';
import { openRemoteContext } from './sources/remote-context.ts';
import { RemoteTrees } from './sources/remote-trees.ts';
import type { Builder, BuildRequest, BuiltImage } from './types.ts';

export interface BuilderRooms {
  readonly metadata: Metadata;
  readonly images: Pick<Images, 'inspect' | 'pull' | 'register' | 'resolve'>;
  readonly layers: Layers;
  readonly snapshots: Snapshots;
  readonly containers: Pick<ContainerEngine, 'runStep'>;
  readonly dataRoot: string;
  /** A directory in memory. */
  readonly execRoot: string;
}

/** Steps often wait for a network or a disk, so that more run than there are processors. */
const leastAtOnce = 4;

/** The builder of one data root. */
export function openBuilder(rooms: BuilderRooms): Builder {
  const { layers, containers } = rooms;
  const runner = new CommandRunner({
    containers,
    layers,
    caches: new CacheMounts(join(rooms.dataRoot, 'builder', 'caches')),
    memoryRoot: join(rooms.execRoot, 'builder'),
    scratchRoot: join(rooms.dataRoot, 'builder', 'scratch'),
  });
  const remotes = new RemoteTrees(join(rooms.dataRoot, 'builder', 'sources'));
  return new ImageBuilder(rooms, remotes, {
    cache: new BuildCache(rooms.metadata, layers),
    layers,
    views: new RootViews(rooms.snapshots),
    digests: new SelectionDigests(),
    runner,
    flights: new Flights(),
    slots: new Slots(Math.max(leastAtOnce, availableParallelism())),
  });
}

class ImageBuilder implements Builder {
  readonly #rooms: BuilderRooms;
  readonly #remotes: RemoteTrees;
  readonly #parts: SolverParts;

  constructor(rooms: BuilderRooms, remotes: RemoteTrees, parts: SolverParts) {
    this.#rooms = rooms;
    this.#remotes = remotes;
    this.#parts = parts;
  }

  async build(request: BuildRequest, signal: AbortSignal): Promise<BuiltImage> {
    const bases = new BaseImages(this.#rooms.images, request, signal);
    const planned = await planBuild(
      parseDockerfile(request.dockerfile),
      { ...request.options, buildPlatform: hostPlatform() },
      bases,
    );
    const { sources, onEvent, hostConfig, epochSeconds } = request;
    await using undo = new AsyncDisposableStack();
    const solve = undo.use(
      new BuildSolve(this.#parts, {
        sources: {
          ...sources,
          image: async (vertex) => bases.layersOf(vertex),
          tree: (vertex, stop) =>
            vertex.op === 'local' ? sources.tree(vertex, stop) : this.#remotes.open(vertex, stop),
        },
        onEvent,
        hostConfig,
        signal,
        epochSeconds,
      }),
    );
    request.onPlanned(planned.steps, (vertex) => solve.digestOf(vertex));
    const config = await describeImage(planned, solve, epochSeconds);
    const held = undo.move();
    const stack = config.rootfs.diff_ids;
    const { layers, views } = this.#parts;
    return {
      config,
      files: (until) => layers.flatten(stack, until),
      openRoot: () => views.open(stack),
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    };
  }

  keep({ config }: BuiltImage, names: readonly string[]): Promise<Digest> {
    return this.#rooms.images.register({ config, names });
  }

  async openContext(tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<SourceTree> {
    await using undo = new AsyncDisposableStack();
    // Nothing needs a context after its build.
    undo.defer(async () => void (await this.#parts.layers.collect()));
    const ingest = undo.use(await this.#parts.layers.ingest({}, signal));
    for await (const piece of decompress(tar)) await ingest.write(piece);
    const { diffId } = await ingest.finish();
    const view = undo.use(await this.#parts.views.open([diffId]));
    const held = undo.move();
    return { ...view, [Symbol.asyncDispose]: () => held.disposeAsync() };
  }

  openRemoteContext(address: string, signal: AbortSignal): Promise<SourceTree> {
    const openArchive = (tar: AsyncIterable<Uint8Array>) => this.openContext(tar, signal);
    return openRemoteContext(address, this.#remotes, { openArchive, signal });
  }

  cachedSteps(): CachedStep[] {
    return listCache(this.#parts.cache, this.#parts.layers);
  }

  async pruneCache(prune: CachePrune): Promise<{ removed: CachedStep[]; reclaimedBytes: number }> {
    const { cache, layers } = this.#parts;
    const removed = chooseSteps(this.cachedSteps(), prune);
    for (const { key } of removed) cache.remove(key);
    const gone = new Set(await layers.collect());
    const freed = new Map(removed.map(({ layer, sizeBytes }) => [layer, gone.has(layer) ? sizeBytes : 0]));
    return { removed, reclaimedBytes: [...freed.values()].reduce((sum, bytes) => sum + bytes, 0) };
  }
}

/** Solves what there is to solve, and tells what came out. */
async function describeImage(
  planned: PlannedImage,
  solve: BuildSolve,
  epochSeconds: number | undefined,
): Promise<ImageConfigFile> {
  const root = await solve.root(planned.root);
  const times = await Promise.all(
    planned.history.map(async ({ vertex }) => vertex && (await solve.root(vertex)).createdNs),
  );
  const epochNs = epochSeconds === undefined ? undefined : BigInt(epochSeconds) * 1_000_000_000n;
  return imageConfig(planned, root, { times, epochNs });
}
