import type { Caller } from './caller/index.ts';
import { type Command, ExitError, type Operands } from './command.ts';
import type { Located } from './commands/index.ts';
import {
  bool,
  type FlagTable,
  type ParsedArguments,
  parseArguments,
  UsageError,
  withVariables,
} from './flags/index.ts';
import { usageLine } from './usage-line.ts';

const usageExitCode = 125;

/** A command's arguments; 'help' when the user asks for it. @throws ExitError for a wrong use */
export function readArguments(
  caller: Caller,
  located: Located,
  command: Command,
  argv: readonly string[],
): ParsedArguments<FlagTable> | 'help' {
  const { program, environment } = caller;
  const path = `${program} ${located.path}`;
  try {
    const table = { ...withVariables(command.flags, environment), help: helpSwitch(command.flags) };
    const input = parseArguments(table, command.raw ? ['--', ...argv] : argv, {
      flagsFirst: command.flagsFirst ?? false,
    });
    for (const notice of input.notices) caller.writeOut(`${notice}\n`);
    if (input.values.help) return 'help';
    checkSupported(table, input.given);
    const complaint = countComplaint(command.operands, input.operands.length);
    if (complaint === undefined) return input;
    const hint = `${isOpenEnded(command.operands) ? 'See' : 'Run'} '${path} --help' for more information`;
    throw new ExitError(
      1,
      `${program}: '${path}' ${complaint}\n\n${usageLine(program, located, command)}\n\n${hint}`,
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw wrongUse(error, path, usageLine(program, located, command));
  }
}

/** Every command has `--help`, and `-h` unless that means something else there. */
function helpSwitch(flags: FlagTable) {
  const taken = Object.values(flags).some((flag) => flag.short === 'h');
  return {
    ...bool('Print usage', taken ? undefined : 'h'),
    ...(taken ? {} : { shortDeprecated: 'use --help' }),
  };
}

/** @throws ExitError when a flag was given that has no meaning here */
function checkSupported(table: FlagTable, given: ReadonlySet<string>): void {
  const lines = [...given].flatMap((name) => {
    const place = table[name]?.onlyOn;
    return place === undefined ? [] : [`"--${name}" is only supported on a Docker daemon ${place}`];
  });
  if (lines.length > 0) throw new ExitError(1, lines.sort().join('\n'));
}

/** The words for an argument list that the flags do not allow, at the command that `path` names. */
export function wrongUse({ message }: UsageError, path: string, usage: string): ExitError {
  return new ExitError(usageExitCode, `${message}\n\n${usage}\n\nRun '${path} --help' for more information`);
}

function isOpenEnded({ atLeast, atMost }: Operands): boolean {
  return atMost === Number.POSITIVE_INFINITY && atLeast > 0;
}

function countComplaint({ atLeast, atMost }: Operands, count: number): string | undefined {
  if (count >= atLeast && count <= atMost) return undefined;
  const plural = (number: number) => `${number} argument${number === 1 ? '' : 's'}`;
  if (atMost === 0) return 'accepts no arguments';
  if (atLeast === atMost) return `requires ${plural(atLeast)}`;
  if (atMost === Number.POSITIVE_INFINITY) return `requires at least ${plural(atLeast)}`;
  if (atLeast === 0) return `requires at most ${plural(atMost)}`;
  return `requires at least ${atLeast} and at most ${plural(atMost)}`;
}
