/** From where other servers are asked: whose network they are looked for in. */
export interface Vantage {
  /** A process of the network namespace. */
  readonly pid: number;
  /** Descriptor of that namespace; absent: it is our own. */
  readonly netns?: number;
}

export type Transport = 'udp' | 'tcp';

/** One server's address and how it is asked. */
export interface Attempt {
  readonly address: Uint8Array;
  readonly vantage: Vantage;
  readonly timeoutMs: number;
}

export const dnsPort = 53;
