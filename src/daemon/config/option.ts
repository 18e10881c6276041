import type { Decoder } from '#api';

/** How values of one kind are written: in the file as JSON, on the command line as texts. */
export interface OptionKind<T> {
  /** Reads the file's value. */
  readonly decoder: Decoder<T>;
  /** What the help calls the flag's operand; absent: the flag needs none. */
  readonly operand?: string;
  /** One use of the flag, after earlier ones gave `before`. @throws EngineError with the reason alone */
  add(before: T | undefined, text: string): T;
  /** As Docker prints it when flag and file are at odds. */
  show(value: T): string;
}

export type InertReason = 'unneeded' | 'missing';

/** One setting of the daemon: its flag, and its key in the configuration file. */
export interface OptionSpec<T = unknown> {
  /** Without dashes; absent: only in the file. */
  readonly flag?: string;
  readonly short?: string;
  /** Key in the file; absent: only a flag. */
  readonly key?: string;
  readonly kind: OptionKind<T>;
  /**
   * Known to Docker and without effect here: accepted, and told. `unneeded` is what the engine does without; `missing`
   * is what a user would miss.
   */
  readonly inert?: InertReason;
  readonly help: string;
}
