/** `process` of `config.json`: what runs, as whom, with what rights. Also the argument of an exec. */
export interface ProcessSpec {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: readonly string[];
  readonly terminal?: boolean;
  readonly consoleSize?: ConsoleSize;
  readonly user?: ProcessUser;
  readonly capabilities?: CapabilitySets;
  readonly rlimits?: readonly Rlimit[];
  readonly noNewPrivileges?: boolean;
  readonly apparmorProfile?: string;
  readonly selinuxLabel?: string;
  readonly oomScoreAdj?: number;
}

export interface ConsoleSize {
  readonly height: number;
  readonly width: number;
}

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  readonly umask?: number;
  readonly additionalGids?: readonly number[];
}

/** Names of the form `CAP_CHOWN`. */
export interface CapabilitySets {
  readonly bounding?: readonly string[];
  readonly effective?: readonly string[];
  readonly permitted?: readonly string[];
  readonly inheritable?: readonly string[];
  readonly ambient?: readonly string[];
}

export interface Rlimit {
  /** A name of the form `RLIMIT_NOFILE`. */
  readonly type: string;
  readonly soft: number;
  readonly hard: number;
}
