import type { Duplex } from 'node:stream';
import type {
  ContainerConfig,
  ContainerCreateRequest,
  ContainerStats,
  ContainerUpdateRequest,
  EndpointSettings,
  HostConfig,
  PortMap,
} from '#api';
import type { Brand, DiffId, Digest, Filter } from '#base';
import type { EndpointState, PublishedPort, SandboxRecord } from '#engine/networks';
import type { CgroupWrite } from '#linux';
import type { NetworkWishes } from './membership/wishes.ts';

/** 64 hex digits. */
export type ContainerId = Brand<'ContainerId'>;

/** The current or the latest run of a container; all zero when it never ran. */
export interface Run {
  readonly startedNs: bigint;
  readonly finishedNs: bigint;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Why the latest start failed; empty when it did not. */
  readonly error: string;
}

/**
 * The one state machine of a container. `creating`, `starting` and `removing` are half-made work that a
 * starting daemon finishes or undoes; `restarting` waits to be started again; `dead` could not be removed.
 */
export type ContainerState = { readonly run: Run } & (
  | { readonly status: 'creating' | 'created' | 'starting' | 'restarting' | 'exited' | 'removing' | 'dead' }
  | { readonly status: 'running' | 'paused'; readonly pid: number }
);
export type ContainerStatus = ContainerState['status'];

/** What a container was made from. */
export interface ImageOrigin {
  readonly id: Digest;
  /** As the user wrote it. */
  readonly reference: string;
  /** Bottom to top. */
  readonly layers: readonly DiffId[];
}

/** Something of the host that the container sees at a path of its own. */
export interface ContainerMount {
  readonly type: 'bind' | 'volume' | 'tmpfs';
  /** Name of the volume; empty for the others. */
  readonly name: string;
  /** That the volume's name is made up. */
  readonly anonymous: boolean;
  /** Path on the host; empty for a tmpfs. */
  readonly source: string;
  readonly destination: string;
  /** Docker's mode string as inspect shows it: `ro`, `z` … */
  readonly mode: string;
  readonly writable: boolean;
  /** `rprivate` …; empty for all but binds. */
  readonly propagation: string;
  readonly recursive: boolean;
  /** An empty volume is filled with what the image has at the destination. */
  readonly copyUp: boolean;
  /** Directory below the volume's root. */
  readonly subpath: string;
  /** Made when it is missing (`-v` does, `--mount` does not). */
  readonly createSource: boolean;
  /** Options of a tmpfs, as mount(8) takes them. */
  readonly options: readonly string[];
}

/** One look at a container by its health check. */
export interface HealthResult {
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** 0: it is well; -1: the probe could not be run, or took too long. */
  readonly exitCode: number;
  readonly output: string;
}

/** What the health check knows of a container. */
export interface Health {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  /** Failures in a row. */
  readonly failingStreak: number;
  /** The last five, oldest first; also of earlier runs. */
  readonly log: readonly HealthResult[];
  /** Start of the run that it is about. */
  readonly runStartedNs: bigint;
  /** The exec that is under way. */
  readonly probeId?: string;
}

/** What the process of a container's next start is to be: edits of one that runs. */
export interface PendingEdit {
  readonly Env: readonly string[];
  readonly Cmd: readonly string[];
  readonly Entrypoint: readonly string[];
}

/** An edit of a live container that has begun: a daemon that comes after brings it to its end. */
export interface EditUnderWay {
  /** Paths in the container where nothing shall be mounted any more. */
  readonly unmount: readonly string[];
  /** What makes the cgroup agree with the record. */
  readonly limits: readonly CgroupWrite[];
}

/** The stored container: what was asked, what was decided at create, and how far it is. */
export interface ContainerRecord {
  readonly id: ContainerId;
  /** Without Docker's leading slash. */
  readonly name: string;
  readonly createdNs: bigint;
  /** The request, verbatim. */
  readonly request: ContainerCreateRequest;
  readonly image: ImageOrigin;
  /** The request's configuration over the image's. */
  readonly config: ContainerConfig;
  /** The request's host configuration with defaults filled in. */
  readonly hostConfig: HostConfig;
  /** The program and its arguments: entrypoint, then command. */
  readonly argv: readonly string[];
  readonly mounts: readonly ContainerMount[];
  /** The networks that it is to be in, when they are not the request's any more. */
  readonly networks?: NetworkWishes;
  /** Addresses and ports while it runs. */
  readonly sandbox: SandboxRecord | undefined;
  /** How often it was started again by itself since a user started it. */
  readonly restartCount: number;
  /** A user asked the current or latest run to end: it is not started again when it does. */
  readonly stopRequested: boolean;
  /** A user asked the current run to end and a new one to begin. */
  readonly restartRequested: boolean;
  /** That its anonymous volumes go with it; while it is removed. */
  readonly removesVolumes?: boolean;
  readonly state: ContainerState;
  /** Absent: it has no health check, or never ran. */
  readonly health?: Health;
  readonly pending?: PendingEdit | undefined;
  readonly edit?: EditUnderWay | undefined;
}

/** Everything `inspect` tells. */
export interface ContainerView extends ContainerRecord {
  readonly paths: ContainerPaths;
  readonly driver: string;
  readonly execIds: readonly string[];
  /** `80/tcp` → bindings; null for an exposed port that is not published. */
  readonly ports: Readonly<Record<string, PortMap[string] | null>>;
  /** By network name; of a container that does not run the addresses are empty. */
  readonly endpoints: Readonly<Record<string, EndpointState>>;
  readonly sizes: ContainerSizes | undefined;
}

export interface ContainerPaths {
  readonly resolvConf: string;
  readonly hostname: string;
  readonly hosts: string;
  /** Empty when the log driver keeps no file. */
  readonly log: string;
}

export interface ContainerSizes {
  /** Bytes of the container's own files. */
  readonly writableBytes: number;
  /** The same and the image's. */
  readonly rootBytes: number;
}

/** One row of a list. */
export interface ContainerSummaryView {
  readonly record: ContainerRecord;
  /** `Up 5 minutes`, `Exited (0) 2 hours ago` … */
  readonly statusText: string;
  readonly ports: readonly PublishedPort[];
  /** Exposed ports that are not published, as `80/tcp`. */
  readonly exposedOnly: readonly string[];
  readonly endpoints: Readonly<Record<string, EndpointState>>;
  readonly sizes: ContainerSizes | undefined;
}

export interface ListQuery {
  /** Also those that do not run. */
  readonly all?: boolean;
  /** At most so many, newest first; implies `all`. 0 or absent: no limit. */
  readonly limit?: number;
  readonly sizes?: boolean;
  /** Keys: ancestor before expose exited health id is-task isolation label name network publish since status volume. */
  readonly filter?: Filter;
}

export interface CreateOptions {
  /** Absent: a made-up name. */
  readonly name?: string;
  /** `os/arch[/variant]`. */
  readonly platform?: string;
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
  /** In the order it was written, as much at a time as there is. */
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

/** What stat tells about a path in a container; `mode` as Go's os.FileMode. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly mtimeNs: bigint;
  /** Where a symbolic link leads inside the container; empty for everything else. */
  readonly linkTarget: string;
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
  /** @throws EngineError notImplemented for a log driver without a file */
  logs(ref: string, options: LogOptions, signal: AbortSignal): LogStream;
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

  /** For its next start. @throws EngineError notFound; conflict; invalid (wish); notImplemented while it runs */
  connectNetwork(ref: string, network: string, wish: EndpointSettings | null): Promise<void>;
  /** For its next start. @throws EngineError notFound; conflict; notImplemented while it runs */
  disconnectNetwork(ref: string, network: string): Promise<void>;

  /** How many containers are in each state, for `info`. */
  counts(): { readonly running: number; readonly paused: number; readonly stopped: number };
}
