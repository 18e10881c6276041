import type { NetworkRecord, SandboxRecord } from '../types.ts';

/** What of a network matters for names. */
export type NamedNetwork = Pick<NetworkRecord, 'id' | 'name' | 'internal'>;

/** What a container's own resolver is to know besides its networks. */
export interface NameWishes {
  /** A name of the container in each of its networks, besides its name, its short id and its aliases. */
  readonly hostname: string;
  /** Where its other questions go, as seen from its namespace; none: to the servers that the host has at the time. */
  readonly servers: readonly string[];
  /** What `host.docker.internal` is to it; none: the gateway of its first network that leads out. */
  readonly hostAddresses: readonly string[];
  /** Of its shim, which holds the sockets of its namespace. */
  readonly shimDirectory: string;
}

/**
 * What answers the names of containers at 127.0.0.11. A sandbox is told whole whenever something of it changes;
 * telling it twice is no harm. A failure is logged and made good later, so nothing here fails.
 */
export interface NameService extends AsyncDisposable {
  /**
   * The sandbox as it is now: it has joined, or was connected, disconnected or renamed. Resolves when everybody on
   * its networks is answered by that, or when nobody is answered yet.
   */
  tell(sandbox: SandboxRecord): Promise<void>;
  /** The container's shim is there, with the sockets that its launch had it open. */
  serve(containerId: string): void;
  /** The sandbox is gone. Idempotent. */
  forget(containerId: string): void;
}
