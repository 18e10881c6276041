import type { Duplex } from 'node:stream';
import type {
  ContainerConfig,
  ContainerCreateRequest,
  ContainerStats,
  ContainerUpdateRequest,
  EndpointSettings,
} from '#api';
import type { Filter } from '#base';
import type { PathStat } from '#tree';
import type { ContainerSummaryView, ContainerView, ListQuery } from './list/types.ts';
import type { ContainerId } from './record/types.ts';

export type { PathStat } from '#tree';
export type * from './list/types.ts';
export type * from './record/types.ts';

export interface CreateOptions {
  /** Absent: a made-up name. */
  readonly name?: string;
  /** `os/arch[/variant]`. */
  readonly platform?: string;
  /** That binds for reading leave what is mounted below them as it is. */
  readonly sparesBelow?: boolean;
}

export interface Created {
  readonly id: ContainerId;
  readonly warnings: readonly string[];
}

export interface StopOptions {
  /** Name or number; absent: the container's stop signal. */
  readonly signal?: string;
  /** Absent: the container's, or 10; -1: wait for ever. */
  readonly timeoutSeconds?: number;
}

export interface RemoveOptions {
  readonly force?: boolean;
  /** Also the anonymous volumes. */
  readonly volumes?: boolean;
}

export type WaitCondition = 'not-running' | 'next-exit' | 'removed';

export interface WaitResult {
  readonly exitCode: number;
  /** Empty when nothing went wrong. */
  readonly error: string;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface StreamSelection {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

export interface AttachOptions extends StreamSelection {
  /** Replays the log first. */
  readonly logs: boolean;
  /** Goes on with what the container writes from now on. */
  readonly stream: boolean;
  /** Docker's notation; absent: `ctrl-p,ctrl-q`. */
  readonly detachKeys?: string;
}

/**
 * A hijacked conversation: read what the process writes, write what it shall read, `end()` is end of input.
 * The readable side ends when the process's output does, or after detach.
 */
export interface AttachedStream {
  readonly stream: Duplex;
  /** True: stdout and stderr in 8-byte-header frames. False: raw bytes of a terminal. */
  readonly framed: boolean;
}

export interface LogOptions {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow?: boolean;
  readonly sinceNs?: bigint;
  readonly untilNs?: bigint;
  /** Only so many last lines of both streams; absent: all. */
  readonly tail?: number;
  /** Each line's time before it. */
  readonly timestamps?: boolean;
  /** What the log options tell about the container before each line. */
  readonly details?: boolean;
}

export interface LogStream {
  /** True: stdout and stderr in 8-byte-header frames. False: the text of a terminal. */
  readonly framed: boolean;
  /** In the order it was written, as much at a time as there is; to be iterated over, which closes the log. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface ExecConfig {
  readonly argv: readonly string[];
  readonly attach: StreamSelection;
  readonly terminal: boolean;
  readonly privileged: boolean;
  readonly env: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly detachKeys?: string;
  readonly size?: TerminalSize;
  /** The process ends when the client that is attached to it goes away without detaching. */
  readonly killOnDisconnect?: boolean;
}

export interface ExecStartOptions {
  readonly detach: boolean;
  readonly terminal: boolean;
  readonly size?: TerminalSize;
}

export interface ExecView {
  readonly id: string;
  readonly containerId: ContainerId;
  readonly config: ExecConfig;
  readonly running: boolean;
  /** Absent before it ended. */
  readonly exitCode: number | undefined;
  /** 0 before it started; stays when it has ended. */
  readonly pid: number;
}

export interface ExtractOptions {
  readonly noOverwriteDirNonDir?: boolean;
  /** Files get the container's user as their owner; otherwise whom the archive names. */
  readonly copyUidGid?: boolean;
}

export interface CommitOptions {
  /** Name of the new image, as users write it; absent: it gets none. */
  readonly name?: string;
  readonly author: string;
  readonly comment: string;
  /** Whether a running container is paused meanwhile. */
  readonly pause: boolean;
  /** Whether the new image has one layer only. */
  readonly squash: boolean;
  /** Dockerfile lines. */
  readonly changes: readonly string[];
  /** Absent: the container's. */
  readonly config?: ContainerConfig;
}

export interface ProcessTable {
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

/** Containers by id, name (with or without slash) or unique start of an id. */
export interface Containers {
  /** @throws EngineError invalid, notFound (image), conflict (name) */
  create(request: ContainerCreateRequest, options: CreateOptions, signal: AbortSignal): Promise<Created>;
  /** @throws EngineError invalid, for an unknown filter key or a bad value */
  list(query: ListQuery): Promise<ContainerSummaryView[]>;
  inspect(ref: string, options?: { readonly sizes?: boolean }): Promise<ContainerView>;
  /** @throws EngineError notModified when it runs already; invalid/internal with Docker's text when it can't */
  start(ref: string): Promise<void>;
  /** @throws EngineError notModified when it does not run */
  stop(ref: string, options?: StopOptions): Promise<void>;
  restart(ref: string, options?: StopOptions): Promise<void>;
  /** @throws EngineError conflict when it does not run, invalid for an unknown signal */
  kill(ref: string, signal?: string): Promise<void>;
  pause(ref: string): Promise<void>;
  unpause(ref: string): Promise<void>;
  rename(ref: string, name: string): Promise<void>;
  /**
   * Changes limits, restart policy, labels, ports, mounts and the next start's process: all or nothing.
   * @throws EngineError invalid, conflict, internal
   */
  update(ref: string, request: ContainerUpdateRequest): Promise<{ readonly warnings: readonly string[] }>;
  /** @throws EngineError conflict when it runs and force is not given */
  remove(ref: string, options?: RemoveOptions): Promise<void>;
  /** Takes a link on the default bridge away: `container/alias`. @throws EngineError notFound, conflict */
  removeLink(name: string): Promise<void>;
  /** Removes all that do not run. Filter keys: until, label, label!. */
  prune(filter?: Filter): Promise<{ readonly removed: string[]; readonly reclaimedBytes: number }>;
  /**
   * Found at once, ended later: the face answers its header between the two.
   * @throws EngineError notFound
   */
  wait(ref: string, condition: WaitCondition, signal: AbortSignal): { readonly result: Promise<WaitResult> };
  resize(ref: string, size: TerminalSize): Promise<void>;
  /** Also before the container starts: then nothing that it writes is missed. */
  attach(ref: string, options: AttachOptions): Promise<AttachedStream>;
  /** Open when it resolves: the container may be removed then. @throws EngineError notImplemented for a log driver without a file */
  logs(ref: string, options: LogOptions, signal: AbortSignal): Promise<LogStream>;
  /** Forgets what the container has written so far. @throws EngineError notImplemented for a log driver without a file */
  clearLogs(ref: string): Promise<void>;
  /** Processes with host pids, columns as `ps` prints them for these arguments (default `-ef`). */
  top(ref: string, psArgs?: string): Promise<ProcessTable>;
  /** One sample now, or one per second; of a container that does not run the values are zero. */
  stats(
    ref: string,
    options: { readonly stream: boolean; readonly oneShot: boolean },
    signal: AbortSignal,
  ): AsyncIterable<ContainerStats>;
  /** Paths that differ from the image: Kind 0 changed, 1 added, 2 deleted. */
  changes(ref: string): Promise<readonly { readonly Path: string; readonly Kind: 0 | 1 | 2 }[]>;
  /** Makes an image of what the container has written. @returns its ID. @throws EngineError invalid, notFound */
  commit(ref: string, options: CommitOptions, signal: AbortSignal): Promise<string>;
  /** A tar of all the container's files but those on mounts. @throws EngineError notFound, at once */
  export(ref: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  statPath(ref: string, path: string): Promise<PathStat>;
  /** A tar of the path, its entries named from its last element on. */
  readArchive(
    ref: string,
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly stat: PathStat; readonly tar: AsyncIterable<Uint8Array> }>;
  /** Unpacks a tar, compressed or not, into a directory of the container. */
  extractArchive(
    ref: string,
    path: string,
    tar: AsyncIterable<Uint8Array>,
    options: ExtractOptions,
    signal: AbortSignal,
  ): Promise<void>;

  createExec(ref: string, config: ExecConfig): Promise<string>;
  /** @returns the conversation, or undefined when detached. @throws EngineError conflict when it ran already */
  startExec(id: string, options: ExecStartOptions): Promise<AttachedStream | undefined>;
  /** Nothing happens without a terminal. @throws EngineError conflict when it does not run */
  resizeExec(id: string, size: TerminalSize): Promise<void>;
  /** Signals its process, SIGKILL by default. @throws EngineError invalid (signal), conflict when it does not run */
  killExec(id: string, signal?: string): Promise<void>;
  inspectExec(id: string): ExecView;

  /** Now, if it runs, and for its next starts. @throws EngineError notFound; invalid; forbidden, when it is there already */
  connectNetwork(ref: string, network: string, wish: EndpointSettings | null): Promise<void>;
  /** Now, if it runs, and for its next starts. @throws EngineError notFound; invalid; internal, when it is not there */
  disconnectNetwork(ref: string, network: string, options?: { readonly force?: boolean }): Promise<void>;

  /** How many containers are in each state, for `info`. */
  counts(): { readonly running: number; readonly paused: number; readonly stopped: number };
}
