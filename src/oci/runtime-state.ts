/** What `state` prints and what hooks read on standard input (runtime-spec, runtime.md, "State"). */
export interface RuntimeState {
  readonly ociVersion: string;
  readonly id: string;
  readonly status: RuntimeStatus;
  readonly pid?: number;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export type RuntimeStatus = 'creating' | 'created' | 'running' | 'paused' | 'stopped';
