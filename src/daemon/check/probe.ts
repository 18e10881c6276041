/** One thing that an engine asks of its host, and how to find out whether it is there. */
export interface Probe {
  /** `overlayfs`, `cgroup memory` … */
  readonly feature: string;
  /** Without it no container runs. */
  readonly needed?: true;
  /** What a user misses without it. */
  readonly lost: string;
  /** Tries it and leaves nothing behind; a text tells more about what was found. @throws when it is missing */
  attempt(): string | undefined;
}

/** What came of a probe. */
export interface Finding {
  readonly feature: string;
  readonly state: 'ok' | 'missing';
  readonly needed: boolean;
  /** What was found, or why it is missing. */
  readonly detail: string;
  /** Empty when nothing is. */
  readonly lost: string;
}
