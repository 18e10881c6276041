import type { Filter } from '#base';

/** Names and values that go with a fact: labels, `image`, `name`, `exitCode` … (Docker's `Actor.Attributes`). */
export type EventAttributes = Readonly<Record<string, string>>;

export type ContainerAction =
  | 'archive-path'
  | 'attach'
  | 'commit'
  | 'create'
  | 'destroy'
  | 'detach'
  | 'die'
  | 'exec_detach'
  | 'exec_die'
  | 'export'
  | 'extract-to-dir'
  | 'kill'
  | 'oom'
  | 'pause'
  | 'prune'
  | 'rename'
  | 'resize'
  | 'restart'
  | 'start'
  | 'stop'
  | 'top'
  | 'unpause'
  | 'update'
  | `exec_create: ${string}`
  | `exec_start: ${string}`
  | `health_status: ${string}`;
export type ImageAction =
  | 'create'
  | 'delete'
  | 'import'
  | 'load'
  | 'prune'
  | 'pull'
  | 'push'
  | 'save'
  | 'tag'
  | 'untag';
export type VolumeAction = 'create' | 'destroy' | 'mount' | 'prune' | 'rename' | 'unmount';
export type NetworkAction = 'connect' | 'create' | 'destroy' | 'disconnect' | 'prune';
export type SecretAction = 'create' | 'remove' | 'update';
export type DaemonAction = 'reload';

/** Something that happened, as the room that did it tells it. */
export type EngineFact = { readonly id: string; readonly attributes: EventAttributes } & (
  | { readonly type: 'container'; readonly action: ContainerAction }
  | { readonly type: 'image'; readonly action: ImageAction }
  | { readonly type: 'volume'; readonly action: VolumeAction }
  | { readonly type: 'network'; readonly action: NetworkAction }
  | { readonly type: 'config' | 'secret'; readonly action: SecretAction }
  | { readonly type: 'daemon'; readonly action: DaemonAction }
);

/** A fact with the moment it was published. */
export type EngineEvent = EngineFact & { readonly timeNs: bigint };

export interface EventQuery {
  /** Replays what the history holds from this moment on. */
  readonly sinceNs?: bigint;
  /** Ends the stream at this moment; without `sinceNs` all of the history before it is replayed. */
  readonly untilNs?: bigint;
  /** Keys of `GET /events`: container, event, image, label, network, scope, type, volume … */
  readonly filter?: Filter;
}

export interface Events {
  publish(fact: EngineFact): void;
  /**
   * Replayed and then live events in the order they were published, until `untilNs` or the signal.
   * A reader that falls far behind is ended with an error; it never holds up the engine.
   * @throws EngineError invalid, at once, for an unknown filter key
   */
  stream(query: EventQuery, signal: AbortSignal): AsyncIterable<EngineEvent>;
  /** How many streams are open. */
  readonly listeners: number;
  /** How many facts were published since the bus was made. */
  readonly published: number;
}
