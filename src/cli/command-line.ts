import { type Command, ExitError, type Operands } from './command.ts';
import { type Located, locate } from './commands/index.ts';
import { bool, type FlagTable, type ParsedArguments, parseArguments, UsageError } from './flags/index.ts';
import {
  defaultConfigDirectory,
  type GlobalArguments,
  type GlobalOptions,
  globalFlags,
  resolveGlobals,
} from './globals.ts';
import { writeError, writeOut } from './output.ts';
import { openSession } from './session.ts';
import { usageLine } from './usage-line.ts';

const usageExitCode = 125;

/** Runs one command line and returns its exit code. Never throws. */
export async function runCommandLine(program: string, argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(program, argv);
  } catch (error) {
    return report(error);
  }
}

async function dispatch(program: string, argv: readonly string[]): Promise<number> {
  const directory = defaultConfigDirectory();
  let globals: GlobalArguments;
  try {
    globals = parseArguments(globalFlags(directory), argv, { flagsFirst: true });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw wrongUse(error, program, `Usage:  ${program} [OPTIONS] COMMAND [ARG...]`);
  }
  const { values, operands } = globals;
  if (values.version) return printVersion(program);
  const words = operands[0] === 'help' ? operands.slice(1) : operands;
  if (values.help || words.length === 0) return printTopHelp(program, directory);
  const wantsHelp = operands[0] === 'help';
  return runWords(program, words, { wantsHelp, options: resolveGlobals(globals) });
}

interface Invocation {
  readonly wantsHelp: boolean;
  readonly options: GlobalOptions;
}

async function runWords(program: string, words: readonly string[], invocation: Invocation): Promise<number> {
  const located = locate(words);
  if (located === undefined) {
    const { answerForGroup } = await import('./group.ts');
    return answerForGroup(program, words, invocation.wantsHelp);
  }
  const { command } = await located.entry.load();
  const rest = words.slice(located.path.split(' ').length);
  const input = invocation.wantsHelp ? 'help' : readArguments(program, located, command, rest);
  if (input === 'help') {
    const { commandHelp } = await import('./help.ts');
    writeOut(commandHelp(program, located, command));
    return 0;
  }
  const session = openSession(program, located.path, invocation.options);
  if (!command.offline) session.prepareClient();
  try {
    return (await command.run(session, input)) ?? 0;
  } catch (error) {
    const { describeFailure } = await import('./failure.ts');
    throw describeFailure(error, session);
  } finally {
    session.close();
  }
}

/** A command's arguments; 'help' when the user asks for it. @throws ExitError for a wrong use */
function readArguments(
  program: string,
  located: Located,
  command: Command,
  argv: readonly string[],
): ParsedArguments<FlagTable> | 'help' {
  const path = `${program} ${located.path}`;
  try {
    const table = { ...command.flags, help: helpSwitch(command.flags) };
    const input = parseArguments(table, command.raw ? ['--', ...argv] : argv, {
      flagsFirst: command.flagsFirst ?? false,
    });
    for (const notice of input.notices) writeOut(`${notice}\n`);
    if (input.values.help) return 'help';
    checkSupported(table, input.given);
    const complaint = countComplaint(command.operands, input.operands.length);
    if (complaint === undefined) return input as unknown as ParsedArguments<FlagTable>;
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

function wrongUse({ message }: UsageError, path: string, usage: string): ExitError {
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

async function printVersion(program: string): Promise<number> {
  const { productVersion } = await import('./product.ts');
  writeOut(`${program === 'docker' ? 'Docker' : 'Wharf'} version ${productVersion}\n`);
  return 0;
}

async function printTopHelp(program: string, configDirectory: string): Promise<number> {
  const { topHelp } = await import('./help.ts');
  writeOut(topHelp(program, configDirectory));
  return 0;
}

function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  if (message !== '') writeError(`${message}\n`);
  return error instanceof ExitError ? error.exitCode : 1;
}
