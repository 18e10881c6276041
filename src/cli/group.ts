import type { Caller } from './caller/index.ts';
import { ExitError } from './command.ts';
import { groups } from './commands/index.ts';
import { groupHelp } from './help.ts';

const usageExitCode = 125;

/**
 * Answers for words that name no command: a group's name shows what is in the group, on standard output
 * when that was asked for. @throws ExitError for what is neither
 */
export function answerForGroup(caller: Caller, words: readonly string[], asked: boolean): number {
  const { program } = caller;
  const [name = '', word] = words;
  const group = groups[name];
  if (asked && (group === undefined || word !== undefined)) {
    throw new ExitError(1, `unknown help topic: ${(group === undefined ? words : words.slice(1)).join(' ')}`);
  }
  if (group === undefined) {
    throw new ExitError(1, `${program}: unknown command: ${program} ${name}\n\n${hint(program)}`);
  }
  if (word === '-h') caller.writeOut('Flag shorthand -h has been deprecated, use --help\n');
  if (word === undefined || word === '--help' || word === '-h') {
    const help = groupHelp(program, name, group);
    if (word === undefined && !asked) caller.writeError(help);
    else caller.writeOut(help);
    return 0;
  }
  throw unknownWord(program, name, word);
}

function unknownWord(program: string, group: string, word: string): ExitError {
  const path = `${program} ${group}`;
  const usage = groups[group]?.description === undefined ? path : `${path} COMMAND`;
  const rest = `\n\nUsage:  ${usage}\n\n${hint(path)}`;
  if (word.startsWith('--'))
    return new ExitError(usageExitCode, `unknown flag: ${word.split('=')[0]}${rest}`);
  if (word.startsWith('-')) {
    const complaint = `unknown shorthand flag: '${word.charAt(1)}' in ${word}`;
    return new ExitError(usageExitCode, complaint + rest);
  }
  return new ExitError(1, `${program}: unknown command: ${path} ${word}${rest}`);
}

function hint(path: string): string {
  return `Run '${path} --help' for more information`;
}
