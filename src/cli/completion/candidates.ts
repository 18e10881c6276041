import { groups, type Located, locate, topCommands } from '../commands/index.ts';
import type { FlagTable } from '../flags/index.ts';
import { globalFlags } from '../globals.ts';

/** A kind of objects whose names a command takes. */
export type NamedKind = 'container' | 'image' | 'network' | 'volume';

/** What could stand in place of the last word: words, or names that only the daemon knows. */
export type Candidates = { readonly words: readonly string[] } | { readonly names: NamedKind };

const nothing: Candidates = { words: [] };

/** What could stand in place of the last word of a command line; nothing leaves it to the shell. */
export async function findCandidates(line: readonly string[]): Promise<Candidates> {
  const words = withoutGlobalFlags(line);
  const last = words.at(-1) ?? '';
  if (words.length <= 1) return matching([...Object.keys(groups), ...visible(topCommands)], last);
  const located = locate(words);
  if (located === undefined || isNameOf(located, words))
    return matching(visible(groups[words[0] ?? '']?.commands), last);
  const { command } = await located.entry.load();
  if (last.startsWith('-')) return matching(flagNames(command.flags), last);
  const operands = words.slice(located.path.split(' ').length, -1);
  if (awaitsValue(command.flags, operands.at(-1) ?? '')) return nothing;
  return operandCandidates(located, operands.filter((word) => !word.startsWith('-')).length);
}

/** The words from the command on. */
function withoutGlobalFlags(line: readonly string[]): readonly string[] {
  const flags = globalFlags({});
  let at = 0;
  while (at < line.length - 1 && line[at]?.startsWith('-')) at += awaitsValue(flags, line[at] ?? '') ? 2 : 1;
  return line.slice(Math.min(at, line.length - 1));
}

/** True when the last word is still a part of the command's name. */
function isNameOf({ path }: Located, words: readonly string[]): boolean {
  return path.split(' ').length === words.length;
}

function matching(words: readonly string[], start: string): Candidates {
  return { words: [...new Set(words)].filter((word) => word.startsWith(start)).sort() };
}

function visible(entries: Readonly<Record<string, { readonly hidden?: boolean }>> = {}): string[] {
  return Object.keys(entries).filter((name) => !entries[name]?.hidden);
}

function flagNames(flags: FlagTable): string[] {
  const shown = Object.keys(flags).filter((name) => !flags[name]?.hidden);
  return [...shown, 'help'].map((name) => `--${name}`);
}

/** True for a flag that has its value in the next word. */
function awaitsValue(flags: FlagTable, word: string): boolean {
  if (!word.startsWith('-') || word.includes('=')) return false;
  const flag = word.startsWith('--')
    ? flags[word.slice(2)]
    : Object.values(flags).find(({ short }) => short === word.at(-1));
  return flag !== undefined && flag.bareValue === undefined;
}

const kinds: readonly string[] = ['container', 'image', 'network', 'volume'] satisfies NamedKind[];
const takesImage = ['run', 'create'];

/** Commands take the names of their group's objects; `run` and `create` an image, and then words of its own. */
function operandCandidates({ entry, path }: Located, position: number): Candidates {
  const group = Object.keys(groups).find((name) =>
    Object.values(groups[name]?.commands ?? {}).includes(entry),
  );
  if (path === 'inspect') return { names: 'container' };
  if (group === 'container' && takesImage.includes(entry.topName ?? '')) {
    return position === 0 ? { names: 'image' } : nothing;
  }
  return isNamedKind(group) ? { names: group } : nothing;
}

function isNamedKind(name: string | undefined): name is NamedKind {
  return name !== undefined && kinds.includes(name);
}
