/** The window of a terminal, in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export type StandardDescriptor = 0 | 1 | 2;

/**
 * The process that a user started, as a command sees it: what it was given and where its answers go. A command
 * reads no global of the runtime in its place, since it may run in another process than the one it answers.
 */
export interface Caller {
  /** `wharf`, or `docker` when called by that name. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly directory: string;
  /**
   * Writes text or bytes to standard output. Who writes more than a page awaits what comes back: it settles when
   * the reader has made room, and is undefined when there is room already.
   */
  writeOut(content: string | Uint8Array): Promise<void> | undefined;
  /** The same for standard error. */
  writeError(content: string | Uint8Array): Promise<void> | undefined;
  isTerminal(descriptor: StandardDescriptor): boolean;
  /** The size of the terminal behind a descriptor; undefined when there is none. */
  terminalSize(descriptor: StandardDescriptor): TerminalSize | undefined;
  /** Takes a signal from now on; without a listener it does what the kernel makes of it. */
  onSignal(signal: NodeJS.Signals, listener: () => void): void;
  /** Ends the process at once, whatever is under way; where that is another process, this returns. */
  exit(exitCode: number): void;
}
