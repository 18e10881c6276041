import type { DiffId } from '#base';
import type { TarMembers } from '#oci';

/** Something that a command finds in its root. */
export type StepMount =
  | {
      readonly type: 'bind';
      readonly source: string;
      readonly destination: string;
      readonly writable: boolean;
    }
  | { readonly type: 'tmpfs'; readonly destination: string; readonly options: readonly string[] };

/** A command and the root that it runs in. */
export interface StepRequest {
  /** Bottom to top; held by the caller. */
  readonly layers: readonly DiffId[];
  readonly argv: readonly string[];
  readonly env: readonly string[];
  /** `user[:group]`, by name or number; empty: root. */
  readonly user: string;
  readonly workingDir: string;
  readonly mounts: readonly StepMount[];
  /** Fields of Docker's HostConfig: network mode, limits, hosts …; what is absent is as for containers. */
  readonly hostConfig: Readonly<Record<string, unknown>>;
  readonly onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
}

/** A command that has ended, and what it wrote. Disposing removes all that is left of it. */
export interface FinishedStep extends AsyncDisposable {
  /** 128 + signal for one that a signal ended. */
  readonly exitCode: number;
  /** What it wrote, as the members of a layer. */
  changes(): TarMembers;
}
