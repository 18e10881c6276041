import type { ContainerConfig, ContainerCreateRequest, HostConfig } from '#api';
import type { Brand, DiffId, Digest } from '#base';
import type { EndpointState, SandboxRecord } from '#engine/networks';
import type { SecretKind } from '#engine/secrets';
import type { CgroupWrite } from '#linux';
import type { NetworkWishes } from '../membership/wishes.ts';
import type { IdMap } from './id-map.ts';

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
  /** Empty for a container that was made from no image. */
  readonly id: Digest | '';
  /** As the user wrote it. */
  readonly reference: string;
  /** Bottom to top. */
  readonly layers: readonly DiffId[];
}

/** Something of the host that the container sees at a path of its own. */
export interface ContainerMount {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'image';
  /** Name of the volume, or of the image as the user wrote it; empty for the others. */
  readonly name: string;
  /** That the volume's name is made up. */
  readonly anonymous: boolean;
  /** That of the volume; empty for the others. */
  readonly driver: string;
  /** Path on the host; empty for a tmpfs and an image, and while a volume's driver does not tell. */
  readonly source: string;
  readonly destination: string;
  /** Docker's mode string as inspect shows it: `ro`, `z` … */
  readonly mode: string;
  readonly writable: boolean;
  /** `rprivate` …; empty for all but binds. */
  readonly propagation: string;
  readonly recursive: boolean;
  /** What is mounted below it can be written to, though it cannot. */
  readonly writableBelow: boolean;
  /** An empty volume is filled with what the image has at the destination. */
  readonly copyUp: boolean;
  /** Below the root of the volume or image. */
  readonly subpath: string;
  /** Made when it is missing (`-v` does, `--mount` does not). */
  readonly createSource: boolean;
  /** Options of a tmpfs, as mount(8) takes them. */
  readonly options: readonly string[];
  /** As whose the files are seen; absent: as on disk. */
  readonly idMap?: IdMap;
  /** What the image was when the container was made. */
  readonly image?: ImageOrigin;
}

/** A secret or config that the container gets as a file. */
export interface SecretMount {
  readonly kind: SecretKind;
  readonly id: string;
  /** As it was called when the container was made. */
  readonly name: string;
  readonly destination: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
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
  /** Places in networks that the container is not to have: those that were being made or taken away. */
  readonly unplug?: readonly EndpointState[];
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
  /** Absent: none. */
  readonly secrets?: readonly SecretMount[];
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
