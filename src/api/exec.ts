import { type DecodedBy, flag, list, omittable, struct, text, unsignedWord, words } from './schema.ts';

/** The body of `POST /containers/{id}/exec`. */
export const execCreateRequest = struct('ExecOptions', {
  User: text,
  Privileged: flag,
  Tty: flag,
  /** Rows, then columns. */
  ConsoleSize: list(unsignedWord),
  AttachStdin: flag,
  AttachStderr: flag,
  AttachStdout: flag,
  DetachKeys: text,
  Env: list(text),
  WorkingDir: text,
  Cmd: words,
  /** Ours: the process ends when its client goes away; what is left out is for the daemon's settings to say. */
  KillOnDisconnect: omittable(flag),
});
export type ExecCreateRequest = DecodedBy<typeof execCreateRequest>;

/** The body of `POST /exec/{id}/start`. */
export const execStartRequest = struct('ExecStartOptions', {
  Detach: flag,
  Tty: flag,
  ConsoleSize: list(unsignedWord),
});
export type ExecStartRequest = DecodedBy<typeof execStartRequest>;

export interface IdResponse {
  readonly Id: string;
}

export interface ExecProcessConfig {
  readonly tty: boolean;
  readonly entrypoint: string;
  readonly arguments: readonly string[];
  readonly privileged?: boolean;
  readonly user?: string;
}

export interface ExecInspect {
  readonly ID: string;
  readonly Running: boolean;
  /** null while the process runs. */
  readonly ExitCode: number | null;
  readonly ProcessConfig: ExecProcessConfig;
  readonly OpenStdin: boolean;
  readonly OpenStderr: boolean;
  readonly OpenStdout: boolean;
  readonly CanRemove: boolean;
  readonly ContainerID: string;
  readonly DetachKeys: string;
  readonly Pid: number;
}
