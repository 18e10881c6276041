import { EngineError } from '#base';
import { takeFlags, type WrittenFlag } from '../flags.ts';
import type { LogicalLine } from '../lines.ts';
import type { CommandLine, Heredoc, SourceRange } from '../types.ts';
import { splitBlanks, tryParseList } from '../words.ts';

/** One instruction, taken apart as far as all have it in common. */
export interface InstructionLine {
  /** In capitals. */
  readonly name: string;
  readonly flags: readonly WrittenFlag[];
  /** What follows name and flags. */
  readonly rest: string;
  readonly heredocs: readonly Heredoc[];
  readonly comments: readonly string[];
  readonly escapeToken: '\\' | '`';
  readonly written: { readonly range: SourceRange; readonly source: string; readonly spelled: string };
}

/** @throws EngineError invalid */
export function takeApart(line: LogicalLine, escapeToken: '\\' | '`'): InstructionLine {
  const [, spelled = '', text = ''] = /^(\S+)\s*(.*)$/s.exec(line.text) ?? [];
  const { flags, rest } = takeFlags(text, escapeToken);
  const { range, comments, heredocs } = line;
  const written = { range, source: line.text, spelled };
  return { name: spelled.toUpperCase(), flags, rest: rest.trim(), heredocs, comments, escapeToken, written };
}

/** A JSON list, or the whole text for the shell; undefined for no text. @throws EngineError invalid */
export function commandOf(rest: string): CommandLine | undefined {
  if (rest === '') return undefined;
  const words = tryParseList(rest);
  return words === undefined ? { form: 'shell', text: rest } : { form: 'exec', words };
}

/** A JSON list, or words parted by blanks. @throws EngineError invalid, for none */
export function wordsOf({ name, rest }: InstructionLine): string[] {
  const words = tryParseList(rest) ?? splitBlanks(rest);
  if (words.length > 0) return words;
  throw new EngineError('invalid', `${name} requires at least one argument`);
}

/** What was said of a thing in the comment above it: `# NAME text`. */
export function commentOn(name: string, comments: readonly string[]): string | undefined {
  const comment = comments.find((line) => line.startsWith(`${name} `));
  return comment?.slice(name.length + 1).trim();
}
