import type { Socket } from 'node:net';

export interface Tasks {
  /**
   * Starts a shim and, in it, the plan; resolves when the program runs (with `createOnly`: when it is ready to).
   * On failure nothing is left, neither of the shim nor of what the plan made.
   * @throws EngineError whose message tells the operation that failed; see startExitCode()
   */
  start(spec: TaskSpec, signal?: AbortSignal): Promise<Task>;
  /** What a shim of an earlier daemon has: a live task, how it ended, or undefined when nothing is known. */
  connect(id: string): Promise<Task | ExitStatus | undefined>;
}

export interface TaskSpec {
  readonly id: string;
  /** The state directory: the shim's socket and the exit status live there. It is made if missing. */
  readonly dir: string;
  readonly plan: Uint8Array;
  /** The plan opens a terminal: output is one raw stream. */
  readonly terminal: boolean;
  readonly openStdin: boolean;
  /** Standard input closes when the client that was attached to it is gone. */
  readonly stdinOnce: boolean;
  /** Undefined keeps no log. */
  readonly log: TaskLog | undefined;
  /** Clients that are to see the first byte of output: their sockets come back as `attached`, in this order. */
  readonly attach?: readonly AttachOptions[];
  /** Stop before the program's exec; `release()` goes on. */
  readonly createOnly?: boolean;
  /** The program gets the caller's own stdin, stdout and stderr; there is no log and nothing to attach to. */
  readonly inheritStdio?: boolean;
}

/** The log that the shim writes, and rotates: `path` to `path.1`, `path.1` to `path.2`, compressed ones alike. */
export interface TaskLog {
  readonly path: string;
  /** On disk as Docker's log drivers of these names have it. */
  readonly format: 'json-file' | 'local';
  /** Bytes at which a file is full; 0: never. */
  readonly maxSize: number;
  /** How many files there are at most, the one that is written included. */
  readonly maxFiles: number;
  /** A JSON object's text that every line of json-file has as `attrs`; '': none. */
  readonly attributes: string;
}

export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

export interface Attachment {
  readonly socket: Socket;
  /** Output is in the log with an earlier time, or comes to `socket`. A shim older than this does not tell. */
  readonly sinceNs: bigint | undefined;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** `code` is 128 + signal for a process that a signal ended. */
export interface ExitStatus {
  readonly code: number;
  readonly signal: number;
  readonly timeNs: bigint;
  /** Why the process has ended when its shim did not live to tell; code and signal are those of the kernel's kill. */
  readonly error?: string;
}

/** One running container. Its shim outlives this object and the daemon. */
export interface Task {
  readonly id: string;
  readonly pid: number;
  /** Which operations the plans of its execs may have (#runtime): its shim may be older than this program. */
  readonly planRevision: number;
  /** Settles once, after the last byte of output is in the log; never after close(). */
  readonly exited: Promise<ExitStatus>;
  readonly attached: readonly Socket[];
  /**
   * A socket that relays: read raw bytes of a terminal, else Docker's mux frames; write standard input, end() is
   * its end of file. The shim ends it when the output ended.
   */
  attach(options: AttachOptions): Promise<Attachment>;
  release(): Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  kill(signal: number): Promise<void>;
  closeStdin(): Promise<void>;
  exec(spec: ExecSpec): Promise<ExecTask>;
  /**
   * The execs that run, and the last 128 that ended: an engine that was away finds them here.
   * A shim older than this request knows none.
   */
  execs(): Promise<readonly KnownExec[]>;
  /**
   * Makes the plan's `listen` operations (see compilePorts()) the published ports that the shim holds: those it has
   * already go on undisturbed, others are given back; connections that are being relayed go on.
   * @throws EngineError, with the reason alone as its message (`address already in use`); nothing has changed then
   */
  listen(plan: Uint8Array): Promise<void>;
  /**
   * Calls back as soon as the log is longer than `from` (default: than it is known to be), and from then on
   * whenever it grows, with the bytes written to it so far: the size the file had when the container started, and
   * all that came since. Rotation and clearLog() take nothing off.
   */
  logPosition(onGrow: (position: bigint) => void, from?: bigint): Disposable;
  /**
   * Goes on in a new, empty log and removes the old one with its rotated files; no output is lost meanwhile.
   * @throws EngineError internal, while another process holds the lock of the file (flock), or when it fails
   */
  clearLog(): Promise<void>;
  /** Leaves the shim alone from here on; the container stays. */
  close(): void;
}

export interface ExecSpec {
  readonly id: string;
  readonly plan: Uint8Array;
  readonly terminal: boolean;
  readonly openStdin: boolean;
  /** Nobody looks: output is discarded and `socket` is undefined. */
  readonly detached: boolean;
}

export interface ExecTask {
  readonly id: string;
  readonly pid: number;
  /** Relays as a socket of Task.attach() does. */
  readonly socket: Socket | undefined;
  /** Settles when every byte of output has gone to `socket`. */
  readonly exited: Promise<ExitStatus>;
  resize(size: TerminalSize): Promise<void>;
  /**
   * `group` signals everything that shares the process group of the exec, on kernels from 6.9 on also what is left
   * of it when the exec itself has ended.
   * @throws EngineError conflict, when there is nothing to signal
   */
  kill(signal: number, target?: 'process' | 'group'): Promise<void>;
}

/** An exec as another engine finds it; its `socket` is undefined, and `exited` has settled when it has ended. */
export interface KnownExec extends ExecTask {
  /** Undefined while it runs. */
  readonly status: ExitStatus | undefined;
}
