import type { PortMap } from '#api';
import type { Filter } from '#base';
import type { EndpointState, PublishedPort } from '#engine/networks';
import type { ContainerRecord } from '../record/types.ts';

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
