import { type DiffId, type Digest, digestOf, EngineError, errorMessage, nowNs } from '#base';
import { encodeTar } from '#oci';
import type { Layers } from '#store/snapshots';
import type { BuildCache, CacheRecord } from '../cache/build-cache.ts';
import { copyLayer } from '../copy/copy-layer.ts';
import type { CopyVertex, RunVertex, Vertex } from '../graph/types.ts';
import { inputsOf, isTree, VertexDigests } from '../graph/vertex-digest.ts';
import { clampTimes } from './clamp-times.ts';
import type { Flights } from './flights.ts';
import { copyKey, runKey } from './keys.ts';
import type { RootViews } from './root-views.ts';
import type { SelectionDigests } from './selection-digests.ts';
import type { Slots } from './slots.ts';
import { atVertex } from './step-failure.ts';
import { StepInputs } from './step-inputs.ts';
import type { BuildSources, OnBuildEvent, SourceTree, StepRunner, TreeVertex } from './types.ts';

/** What all builds share. */
export interface SolverParts {
  readonly cache: BuildCache;
  readonly layers: Layers;
  readonly views: RootViews;
  readonly digests: SelectionDigests;
  readonly runner: StepRunner;
  readonly flights: Flights<CacheRecord>;
  readonly slots: Slots;
}

export interface SolveRequest {
  readonly sources: BuildSources;
  readonly onEvent: OnBuildEvent;
  readonly signal: AbortSignal;
  /** Nothing in a layer is younger: seconds since 1970; undefined: things have the times that they come with. */
  readonly epochSeconds: number | undefined;
  /** Of all commands, as fields of Docker's HostConfig. */
  readonly hostConfig: Readonly<Record<string, unknown>>;
}

/** A root as it came out, with the cache record of its last layer. */
export interface SolvedRoot {
  readonly layers: readonly DiffId[];
  readonly key: Digest | undefined;
  /** When the last layer was made; undefined for that of an image. */
  readonly createdNs: bigint | undefined;
}

/**
 * One build: each of its vertices is solved once, when something needs it. Its layers are held and its trees open
 * until it is disposed of.
 */
export class BuildSolve implements AsyncDisposable {
  readonly parts: SolverParts;
  readonly request: SolveRequest;
  readonly #digests = new VertexDigests();
  readonly #started = new Map<Vertex, bigint>();
  readonly #roots = new Map<Vertex, Promise<SolvedRoot>>();
  readonly #trees = new Map<Vertex, Promise<SourceTree>>();
  readonly #held = new AsyncDisposableStack();
  readonly #end = new AbortController();

  constructor(parts: SolverParts, request: SolveRequest) {
    this.parts = parts;
    this.request = { ...request, signal: AbortSignal.any([request.signal, this.#end.signal]) };
  }

  /** The layers of a vertex's root, bottom to top. @throws what the vertex, or one that it needs, fails with */
  root(vertex: Vertex): Promise<SolvedRoot> {
    const known = this.#roots.get(vertex) ?? this.#solve(vertex);
    this.#roots.set(vertex, known);
    return known;
  }

  /** What events call a vertex. */
  digestOf(vertex: Vertex): Digest {
    return this.#digests.of(vertex);
  }

  /** The files of a source. */
  tree(vertex: TreeVertex): Promise<SourceTree> {
    const known = this.#trees.get(vertex) ?? this.#openTree(vertex);
    this.#trees.set(vertex, known);
    return known;
  }

  /** Ends what still runs, as beside a step that has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new EngineError('unavailable', 'the build has ended'));
    await Promise.allSettled([...this.#roots.values(), ...this.#trees.values()]);
    await this.#held.disposeAsync();
  }

  #openTree(vertex: TreeVertex): Promise<SourceTree> {
    const { sources, signal } = this.request;
    return this.#told(vertex, async () => this.#held.use(await sources.tree(vertex, signal)));
  }

  async #solve(vertex: Vertex): Promise<SolvedRoot> {
    switch (vertex.op) {
      case 'scratch':
        return { layers: [], key: undefined, createdNs: undefined };
      case 'image':
        return await this.#told(vertex, async () => {
          const layers = await this.request.sources.image(vertex, this.request.signal);
          return { layers: this.#hold(layers), key: undefined, createdNs: undefined };
        });
      case 'built':
        return await this.#told(vertex, async () => {
          const layers = this.#hold(vertex.layers);
          const missing = layers.find((diffId) => this.parts.layers.get(diffId) === undefined);
          if (missing === undefined) return { layers, key: undefined, createdNs: undefined };
          throw new EngineError('notFound', `layer ${missing} of another build is gone`);
        });
      case 'run':
      case 'copy':
        return await this.#step(vertex);
      default:
        throw new Error(`a ${vertex.op} vertex has no root`);
    }
  }

  async #step(vertex: RunVertex | CopyVertex): Promise<SolvedRoot> {
    const [below] = await Promise.all([
      this.root(vertex.root),
      ...inputsOf(vertex).map((input) => this.#begun(input)),
    ]);
    await using inputs = new StepInputs(this, vertex, below.layers);
    const digest = this.#begin(vertex);
    try {
      const key = await this.#keyOf(vertex, inputs);
      const cached = vertex.ignoreCache ? undefined : this.parts.cache.use(key);
      const { layer, createdNs } =
        cached ?? (await this.#make(vertex, inputs, { key, digest, parent: below.key }));
      this.#hold([layer]);
      this.#ended(vertex, { cached: cached !== undefined });
      return { layers: [...below.layers, layer], key, createdNs };
    } catch (error) {
      this.#ended(vertex, { error: errorMessage(error) });
      throw atVertex(error, vertex);
    }
  }

  /** What a step takes from is solved beside its root, not after it. */
  async #begun(input: Vertex): Promise<void> {
    if (isTree(input)) await this.tree(input);
    else await this.root(input);
  }

  async #keyOf(vertex: RunVertex | CopyVertex, inputs: StepInputs): Promise<Digest> {
    const digests = await inputs.digests();
    const { root } = inputs;
    const { epochSeconds, hostConfig } = this.request;
    const key =
      vertex.op === 'run'
        ? runKey(vertex, { root, mounts: digests, hostConfig })
        : copyKey(vertex, root, digests);
    return epochSeconds === undefined ? key : digestOf(`${key} ${epochSeconds}`);
  }

  /** Runs a step, or waits for another build that runs the same. */
  #make(
    vertex: RunVertex | CopyVertex,
    inputs: StepInputs,
    { key, digest, parent }: { key: Digest; digest: Digest; parent: Digest | undefined },
  ): Promise<CacheRecord> {
    const { flights, slots, cache } = this.parts;
    const work = (signal: AbortSignal) =>
      slots.run(async () => {
        signal.throwIfAborted();
        await using made = await (vertex.op === 'run'
          ? this.#runCommand(vertex, inputs, digest, signal)
          : this.#writeCopies(vertex, inputs, signal));
        const parents = parent === undefined ? [] : [parent];
        return cache.put({ key, layer: made.diffId, parents, description: vertex.name });
      });
    return flights.join(key, work, this.request.signal);
  }

  async #runCommand(vertex: RunVertex, inputs: StepInputs, digest: Digest, signal: AbortSignal) {
    const step = {
      vertex,
      root: inputs.root,
      mounts: await inputs.mounts(),
      hostConfig: this.request.hostConfig,
      epochSeconds: this.request.epochSeconds,
      onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) =>
        this.request.onEvent({ kind: 'output', vertex: digest, stream, bytes }),
    };
    return await this.parts.runner.run(step, signal);
  }

  async #writeCopies(vertex: CopyVertex, inputs: StepInputs, signal: AbortSignal) {
    await using undo = new AsyncDisposableStack();
    const ingest = undo.use(await this.parts.layers.ingest({}, signal));
    const { epochSeconds } = this.request;
    const timeSeconds = epochSeconds ?? Math.floor(Date.now() / 1000);
    const root = vertex.link ? undefined : (await inputs.rootTree()).path;
    const members = copyLayer(await inputs.copies(), { root, timeSeconds, signal });
    for await (const piece of encodeTar(clampTimes(members, epochSeconds))) await ingest.write(piece);
    const { diffId } = await ingest.finish();
    const held = undo.move();
    return { diffId, [Symbol.asyncDispose]: () => held.disposeAsync() };
  }

  #hold(layers: readonly DiffId[]): readonly DiffId[] {
    this.#held.use(this.parts.layers.hold(layers));
    return layers;
  }

  async #told<T>(vertex: Vertex, work: () => Promise<T>): Promise<T> {
    this.#begin(vertex);
    try {
      const result = await work();
      this.#ended(vertex, {});
      return result;
    } catch (error) {
      this.#ended(vertex, { error: errorMessage(error) });
      throw error;
    }
  }

  #begin(vertex: Vertex): Digest {
    this.#started.set(vertex, nowNs());
    this.#tell(vertex, {});
    return this.#digests.of(vertex);
  }

  #ended(vertex: Vertex, outcome: { readonly cached?: boolean; readonly error?: string }): void {
    this.#tell(vertex, { completedNs: nowNs(), ...outcome });
  }

  #tell(vertex: Vertex, end: { completedNs?: bigint; cached?: boolean; error?: string }): void {
    const startedNs = this.#started.get(vertex);
    this.request.onEvent({
      kind: 'vertex',
      digest: this.#digests.of(vertex),
      name: vertex.name,
      inputs: inputsOf(vertex).map((input) => this.#digests.of(input)),
      ...(startedNs !== undefined && { startedNs }),
      ...end,
    });
  }
}
