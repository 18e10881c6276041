import type { SandboxRecord } from '../types.ts';

/** What a container's own resolver is to know besides its networks. */
export interface NameWishes {
  /** A name of the container in each of its networks, besides its name, its short id and its aliases. */
  readonly hostname: string;
  /** Names that only this container knows others by, for each network by its id: what is linked → as what. */
  readonly links: readonly Link[];
  /** Where its other questions go, as seen from its namespace; none: to the servers that the host has at the time. */
  readonly servers: readonly string[];
  /** What `host.docker.internal` is to it; none: the gateway of its first network that leads out. */
  readonly hostAddresses: readonly string[];
  /** Of the directory of its shim, which holds the sockets of its namespace. */
  readonly shimDirectory: string;
}

/** A name that one container knows another by. */
export interface Link {
  readonly networkId: string;
  /** Name of the other container. */
  readonly target: string;
  readonly alias: string;
}

/**
 * What answers the names of containers at 127.0.0.11. A sandbox is told whole whenever something of it changes;
 * telling it twice is no harm.
 */
export interface NameService {
  /**
   * The sandbox as it is now: it has joined, was connected, disconnected or renamed, or runs since an earlier daemon.
   * Resolves when everybody on its networks is answered by it, or when nothing answers yet.
   */
  tell(sandbox: SandboxRecord): Promise<void>;
  /** The container's shim is there, with the sockets that its launch had it open. */
  serve(containerId: string): void;
  /** The sandbox is gone. Idempotent. */
  forget(containerId: string): void;
}
