export type Transport = 'udp' | 'tcp';

/** One server's address and how it is asked. */
export interface Attempt {
  readonly address: Uint8Array;
  /** A process in whose network namespace it is asked. */
  readonly pid: number;
  readonly timeoutMs: number;
}

export const dnsPort = 53;
