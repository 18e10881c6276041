import type { FlagTable, ParsedArguments } from './flags/index.ts';
import type { Session } from './session.ts';

/** How many operands a command takes. */
export interface Operands {
  readonly atLeast: number;
  readonly atMost: number;
}

/** One command: what its help says and what it does. Its name and summary stand in the command table. */
export interface Command<F extends FlagTable = FlagTable> {
  /** What follows the name in the usage line; a second form makes a second line. */
  readonly synopsis: readonly string[];
  /** Said in place of the summary, when that is not enough. */
  readonly description?: string;
  /** What the command does beyond the stock client's; left out of its help. */
  readonly ownDescription?: string;
  readonly flags: F;
  readonly operands: Operands;
  /** Needs no daemon, so that an address which leads nowhere does no harm. */
  readonly offline?: boolean;
  /** Every word is an operand, also those that look like flags. */
  readonly raw?: boolean;
  /** Flags end at the first operand. */
  readonly flagsFirst?: boolean;
  /**
   * True when the call needs nothing of its caller's process but what `Caller` offers: no file, no standard input.
   * Such a call may run in a process that serves many callers; absent, none may.
   */
  warm?(input: ParsedArguments<F>): boolean;
  /** Returns the exit code; nothing is 0. */
  run(session: Session, input: ParsedArguments<F>): Promise<number | undefined>;
}

/** Keeps the types of a command's flags for its `run`. */
export function defineCommand<F extends FlagTable>(command: Command<F>): Command {
  return command;
}

/** A command that any process can run for its caller, whatever its flags. */
export const always = (): boolean => true;

export const noOperands: Operands = { atLeast: 0, atMost: 0 };
export const anyOperands: Operands = { atLeast: 0, atMost: Number.POSITIVE_INFINITY };

export function exactly(count: number): Operands {
  return { atLeast: count, atMost: count };
}

export function atLeast(count: number): Operands {
  return { atLeast: count, atMost: Number.POSITIVE_INFINITY };
}

export function atMost(count: number): Operands {
  return { atLeast: 0, atMost: count };
}

/** Ends a command with an exit code of its own; an empty message prints nothing. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  readonly exitCode: number;

  constructor(exitCode: number, message = '', cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
