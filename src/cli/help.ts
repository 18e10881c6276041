import type { Caller } from './caller/index.ts';
import type { Command } from './command.ts';
import {
  type CommandEntry,
  commonCommands,
  type Group,
  groups,
  type Located,
  topCommands,
} from './commands/index.ts';
import { type FlagTable, flagUsages, withVariables } from './flags/index.ts';
import { globalFlags } from './globals.ts';
import { usageLine } from './usage-line.ts';

/** The help of one command. */
export function commandHelp(caller: Caller, located: Located, command: Command): string {
  const { program, environment } = caller;
  const description = command.description ?? located.entry.summary;
  const added = program === 'docker' ? '' : (command.ownDescription ?? '');
  const sections = [usageLine(program, located, command), description, added, aliasSection(program, located)];
  const options = flagUsages(
    withHelp(flagsKnownTo(program, withVariables(command.flags, environment))),
    width(caller),
  );
  if (options !== '') sections.push(`Options:\n${options.trimEnd()}`);
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** The help of a group of commands. */
export function groupHelp(program: string, name: string, group: Group): string {
  return `Usage:  ${program} ${name} COMMAND

${group.description ?? group.summary}

${commandList('Commands', knownTo(program, Object.entries(group.commands)))}
Run '${program} ${name} COMMAND --help' for more information on a command.
`;
}

/** What the program without a command prints. */
export function topHelp(caller: Caller): string {
  const { program, environment } = caller;
  const common = commonCommands.map((name): Listed => [name, topCommands[name] as CommandEntry]);
  const others = Object.entries(topCommands).filter(
    ([name, entry]) => !commonCommands.includes(name) && !(program === 'docker' && entry.isOwn),
  );
  return `Usage:  ${program} [OPTIONS] COMMAND

A self-sufficient runtime for containers

${commandList('Common Commands', common)}
${commandList('Management Commands', sorted(Object.entries(groups)))}
${commandList('Commands', sorted(others))}
Global Options:
${flagUsages(globalFlags(environment), width(caller))}
Run '${program} COMMAND --help' for more information on a command.

For more help on how to use Docker, head to https://docs.docker.com/go/guides/
`;
}

type Listed = [string, { readonly summary: string; readonly hidden?: boolean }];
const nameColumn = 11;

function knownTo(program: string, entries: readonly [string, CommandEntry][]): readonly Listed[] {
  return program === 'docker' ? entries.filter(([, entry]) => !entry.isOwn) : entries;
}

function commandList(title: string, entries: readonly Listed[]): string {
  const shown = entries.filter(([, entry]) => !entry.hidden);
  const lines = shown.map(([name, entry]) => `  ${name.padEnd(nameColumn)} ${entry.summary}\n`);
  return `${title}:\n${lines.join('')}`;
}

function sorted(entries: readonly Listed[]): Listed[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A program called by the stock client's name shows the stock client's flags. */
function flagsKnownTo(program: string, flags: FlagTable): FlagTable {
  if (program !== 'docker') return flags;
  return Object.fromEntries(Object.entries(flags).filter(([, flag]) => !flag.isOwn));
}

/** Only a command whose `-h` means something else shows its `--help`. */
function withHelp(flags: FlagTable): FlagTable {
  const taken = Object.values(flags).some((flag) => flag.short === 'h');
  return taken ? { ...flags, help: { ...helpFlag, hidden: false } } : flags;
}

const helpFlag = {
  summary: 'Print usage',
  valueName: '',
  initial: false,
  defaultText: undefined,
  bareValue: 'true',
  read: () => true,
};

function aliasSection(program: string, { names }: Located): string {
  return names.length < 2 ? '' : `Aliases:\n  ${names.map((name) => `${program} ${name}`).join(', ')}`;
}

const defaultWidth = 80;

/** One less than the columns of the terminal on standard input, so that no line touches its edge. */
function width(caller: Caller): number {
  return (caller.terminalSize(0)?.columns ?? defaultWidth) - 1;
}
