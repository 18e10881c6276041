import type { KeyedLock, Log } from '#base';
import type { Events } from '#engine/events';
import type { Images } from '#engine/images';
import type { Networks } from '#engine/networks';
import type { Volumes } from '#engine/volumes';
import type { CgroupHost } from '#linux';
import type { Metadata } from '#store/metadata';
import type { Snapshots } from '#store/snapshots';
import type { Tasks } from '#task';
import type { Execs } from './exec/exec.ts';
import type { Monitors } from './health/monitor.ts';
import type { OomWatches } from './lifecycle/oom.ts';
import type { Live } from './live.ts';
import type { LogFiles } from './logs/files/log-files.ts';
import type { LogPacking } from './logs/log-packing.ts';
import type { LogShipping } from './logs/log-shipping.ts';
import type { HostDefaults } from './record/resolve-host-config.ts';
import type { Records } from './records.ts';
import type { Restarts } from './restart/restarts.ts';
import type { SecretFiles, SecretSources } from './secrets/secret-files.ts';
import type { StateWatch } from './state-watch.ts';

/** The rooms below, and what the daemon decided once for all containers. */
export interface ContainerRooms {
  readonly metadata: Metadata;
  readonly images: Pick<Images, 'resolve' | 'inspect' | 'commit' | 'noteUse'>;
  readonly snapshots: Snapshots;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly secrets: SecretSources['secrets'];
  readonly events: Events;
  readonly tasks: Tasks;
  readonly log: Log;
  readonly cgroups: CgroupHost;
  readonly settings: ContainerSettings;
}

export interface ContainerSettings {
  readonly dataRoot: string;
  readonly execRoot: string;
  /** Absolute path of the cgroup that holds containers' cgroups. */
  readonly cgroupParent: string;
  readonly defaults: HostDefaults;
  /** What the daemon itself may do: names like `CAP_CHOWN`. */
  readonly capabilities: readonly string[];
  /** The file that resolv.conf of containers is made from. */
  readonly resolvConf: string;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  /** What `host-gateway` stands for; none: the gateway of the container's network. */
  readonly hostGateways: readonly string[];
  /** Tell linked containers by environment variables too. */
  readonly linkVariables: boolean;
  /** Run an init in containers that do not say. */
  readonly init: boolean;
  /** Between the stop signal and SIGKILL, for containers that do not say. */
  readonly stopTimeoutSeconds: number;
  /** End an attached exec whose client has gone, unless its request says. */
  readonly execKillOnDisconnect: boolean;
  /** Restart containers that become unhealthy, unless their labels say. */
  readonly restartUnhealthy: boolean;
}

/** What every verb works with: the rooms and this room's own state. */
export interface ContainerContext extends ContainerRooms {
  readonly records: Records;
  /** Held by whatever changes a container's state, from its first check to its last effect. */
  readonly lock: KeyedLock;
  readonly live: Live;
  readonly logFiles: LogFiles;
  readonly logPacking: LogPacking;
  readonly logShipping: LogShipping;
  readonly restarts: Restarts;
  readonly oomWatches: OomWatches;
  readonly execs: Execs;
  readonly secretFiles: SecretFiles;
  readonly monitors: Monitors;
  readonly watch: StateWatch;
  /** Aborted when the daemon lets go of the containers: what waits for one gives up. */
  readonly closing: AbortSignal;
}
