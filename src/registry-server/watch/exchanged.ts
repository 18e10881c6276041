/** One request that was answered, for those who keep account. */
export interface Exchanged {
  readonly method: string;
  readonly path: string;
  /** What kind of thing the path names; `none` for paths that the API does not have. */
  readonly route: string;
  readonly repository: string | undefined;
  readonly user: string | undefined;
  readonly address: string | undefined;
  /** Of the answer; 499 when the client left before its end. */
  readonly status: number;
  readonly sentBytes: number;
  readonly durationMs: number;
}

/** Is told of every request once it was answered; must be quick and must not throw. */
export type Observer = (exchanged: Exchanged) => void;
