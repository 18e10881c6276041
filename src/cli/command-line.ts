import { type Command, ExitError, type Operands } from './command.ts';
import { groups, type Located, locate } from './commands.ts';
import { type FlagTable, type ParsedArguments, parseArguments, UsageError } from './flags/index.ts';
import { defaultConfigDirectory, type GlobalOptions, globalFlags, resolveGlobals } from './globals.ts';
import { writeError, writeOut } from './output.ts';
import { openSession } from './session.ts';

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
  let globals: ParsedArguments<ReturnType<typeof globalFlags>>;
  try {
    globals = parseArguments(globalFlags(directory), argv, { flagsFirst: true });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const usage = `Usage:  ${program} [OPTIONS] COMMAND [ARG...]`;
    throw new ExitError(
      usageExitCode,
      `${error.message}\n\n${usage}\n\nRun '${program} --help' for more information`,
    );
  }
  const { values, operands } = globals;
  if (values.version) return printVersion(program);
  const words = operands[0] === 'help' ? operands.slice(1) : operands;
  if (values.help || words.length === 0) return printTopHelp(program, directory);
  const wantsHelp = operands[0] === 'help';
  return runWords(program, words, { wantsHelp, options: resolveGlobals(values) });
}

interface Invocation {
  readonly wantsHelp: boolean;
  readonly options: GlobalOptions;
}

async function runWords(program: string, words: readonly string[], invocation: Invocation): Promise<number> {
  const located = locate(words);
  if (located === undefined) return printGroupHelp(program, words, invocation.wantsHelp);
  const { command } = await located.entry.load();
  const rest = words.slice(located.path.split(' ').length);
  const input = invocation.wantsHelp ? 'help' : readArguments(program, located, command, rest);
  if (input === 'help') {
    const { commandHelp } = await import('./help.ts');
    writeOut(commandHelp(program, located, command));
    return 0;
  }
  const session = await openSession(program, located.path, invocation.options);
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
  const usage = () => `Usage:  ${command.synopsis.map((form) => `${path} ${form}`.trimEnd()).join('\n\t')}`;
  try {
    const table = { ...command.flags, help: helpSwitch };
    const input = parseArguments(table, argv, { flagsFirst: command.flagsFirst ?? false });
    if (input.values.help) return 'help';
    for (const notice of input.notices) writeOut(`${notice}\n`);
    const complaint = countComplaint(command.operands, input.operands.length);
    if (complaint === undefined) return input as unknown as ParsedArguments<FlagTable>;
    const hint = `${complaint.includes('at least') ? 'See' : 'Run'} '${path} --help' for more information`;
    throw new ExitError(1, `${program}: '${path}' ${complaint}\n\n${usage()}\n\n${hint}`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = `${error.message}\n\n${usage()}\n\nRun '${path} --help' for more information`;
    throw new ExitError(usageExitCode, message);
  }
}

const helpSwitch = {
  summary: 'Print usage',
  valueName: '',
  initial: false,
  defaultText: undefined,
  bareValue: 'true',
  read: (text: string) => text === 'true',
};

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

/** A group's name alone shows its commands; anything else here is no command. */
async function printGroupHelp(program: string, words: readonly string[], asked: boolean): Promise<number> {
  const [name = '', subcommand] = words;
  const group = groups[name];
  if (group === undefined) {
    if (asked) throw new ExitError(1, `unknown help topic: ${words.join(' ')}`);
    throw new ExitError(
      1,
      `${program}: unknown command: ${program} ${name}\n\nRun '${program} --help' for more information`,
    );
  }
  if (subcommand === undefined || subcommand === '--help') {
    const { groupHelp } = await import('./help.ts');
    writeOut(groupHelp(program, name, group));
    return 0;
  }
  const path = `${program} ${name}`;
  throw new ExitError(
    1,
    `${program}: unknown command: ${path} ${subcommand}\n\nUsage:  ${path}\n\nRun '${path} --help' for more information`,
  );
}

function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  if (message !== '') writeError(`${message}\n`);
  return error instanceof ExitError ? error.exitCode : 1;
}
