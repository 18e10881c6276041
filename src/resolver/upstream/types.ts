import type { ServerAddress } from './server-address.ts';

export type Transport = 'udp' | 'tcp';

/** One server and how it is asked. */
export interface Attempt {
  readonly server: ServerAddress;
  /** A process in whose network namespace it is asked. */
  readonly pid: number;
  readonly timeoutMs: number;
}

export const dnsPort = 53;
