import type { Command } from '../command.ts';

/** A command's place in the tree; the command itself is loaded when it is called. */
export interface CommandEntry {
  readonly summary: string;
  /** Called by programs: left out of the help. */
  readonly hidden?: boolean;
  /** Not one of the stock client's: left out of its help. */
  readonly isOwn?: boolean;
  readonly load: () => Promise<{ readonly command: Command }>;
  /** Further names within its group. */
  readonly aliases?: readonly string[];
  /** Its name without the group, if it has one. */
  readonly topName?: string;
}

export interface Group {
  readonly summary: string;
  /** Said in the group's help in place of the summary. */
  readonly description?: string;
  readonly commands: Readonly<Record<string, CommandEntry>>;
}
