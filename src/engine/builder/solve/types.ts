import type { DiffId, Digest } from '#base';
import type {
  GitVertex,
  HttpVertex,
  ImageVertex,
  LocalVertex,
  RunVertex,
  StepMount,
} from '../graph/types.ts';

/** What a build tells on its way; times are nanoseconds since 1970. */
export type BuildEvent =
  | {
      readonly kind: 'vertex';
      readonly digest: Digest;
      readonly name: string;
      readonly inputs: readonly Digest[];
      readonly startedNs?: bigint;
      readonly completedNs?: bigint;
      readonly cached?: boolean;
      readonly error?: string;
    }
  | {
      readonly kind: 'output';
      readonly vertex: Digest;
      readonly stream: 'stdout' | 'stderr';
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'progress';
      readonly vertex: Digest;
      /** What of the vertex is measured. */
      readonly id: string;
      readonly current: number;
      /** 0: not known. */
      readonly total: number;
      readonly completed: boolean;
    };

export type OnBuildEvent = (event: BuildEvent) => void;

/** Files of a source, as a directory of this process that nobody changes until it is disposed of. */
export interface SourceTree extends AsyncDisposable {
  readonly path: string;
  /** Names all that is in it, when that is known without reading: equal trees need to be read only once. */
  readonly identity?: string;
}

export type TreeVertex = LocalVertex | GitVertex | HttpVertex;

/** What a build gets from its client and from the world. */
export interface BuildSources {
  /** The layers of an image, bottom to top; brings what is missing. */
  image(vertex: ImageVertex, signal: AbortSignal): Promise<readonly DiffId[]>;
  tree(vertex: TreeVertex, signal: AbortSignal): Promise<SourceTree>;
  /** Undefined when the client has none of that name. */
  secret(id: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** A command with all that it needs known. */
export interface ReadyRun {
  readonly vertex: RunVertex;
  readonly root: readonly DiffId[];
  readonly mounts: readonly ReadyMount[];
  /** Limits and networks that hold for all commands of the build, as fields of Docker's HostConfig. */
  readonly hostConfig: Readonly<Record<string, unknown>>;
  /** Nothing that it wrote is told to be younger: seconds since 1970. */
  readonly epochSeconds: number | undefined;
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
}

export interface ReadyMount {
  readonly mount: StepMount;
  /** Directory that `source` is looked up in, as a path of this process; undefined for a mount without a source. */
  readonly tree: string | undefined;
  /** Of a secret. */
  readonly content: Uint8Array | undefined;
}

/** Runs commands in roots. */
export interface StepRunner {
  /**
   * @returns the layer of what the command wrote, which the caller is given held
   * @throws StepFailure, when the command fails
   */
  run(step: ReadyRun, signal: AbortSignal): Promise<HeldLayer>;
}

/** A new layer that is kept from collection until it is disposed of. */
export interface HeldLayer extends AsyncDisposable {
  readonly diffId: DiffId;
}
