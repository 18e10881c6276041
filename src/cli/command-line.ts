import type { Caller } from './caller/index.ts';
import { type Command, ExitError } from './command.ts';
import { locate } from './commands/index.ts';
import { type FlagTable, type ParsedArguments, parseArguments, UsageError } from './flags/index.ts';
import { type GlobalArguments, type GlobalOptions, globalFlags, resolveGlobals } from './globals.ts';
import { readArguments, wrongUse } from './read-arguments.ts';
import { openSession, type Session } from './session.ts';

/** A command line that has been read. */
export interface ReadyCommand {
  /** True when it may run in another process than its caller's. */
  readonly warm: boolean;
  /** Runs it, once. @returns the exit code @throws ExitError and others, for `settle` to tell */
  run(): Promise<number>;
  /** Drops its connections, so that it ends, whatever it waits for. */
  abandon(): void;
}

/** Runs one command line and returns its exit code. Never throws. */
export function runCommandLine(caller: Caller): Promise<number> {
  return settle(caller, async () => (await readCommandLine(caller)).run());
}

/** Does the work; what it throws is told to the caller. @returns the exit code */
export async function settle(caller: Caller, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== '') caller.writeError(`${message}\n`);
    return error instanceof ExitError ? error.exitCode : 1;
  }
}

/** Finds and loads the command that a command line names, and asks nothing of a daemon yet. @throws ExitError for a wrong use */
export async function readCommandLine(caller: Caller): Promise<ReadyCommand> {
  const globals = readGlobals(caller);
  const { values, operands } = globals;
  if (values.version) return answer(() => printVersion(caller));
  const words = operands[0] === 'help' ? operands.slice(1) : operands;
  if (values.help || words.length === 0) return answer(() => printTopHelp(caller));
  const wantsHelp = operands[0] === 'help';
  return readWords(caller, words, { wantsHelp, options: resolveGlobals(globals, caller.environment) });
}

function readGlobals({ program, argv, environment }: Caller): GlobalArguments {
  try {
    return parseArguments(globalFlags(environment), argv, { flagsFirst: true });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw wrongUse(error, program, `Usage:  ${program} [OPTIONS] COMMAND [ARG...]`);
  }
}

/** What the program itself answers. */
function answer(print: () => Promise<number>): ReadyCommand {
  return { warm: false, run: print, abandon: () => undefined };
}

interface Invocation {
  readonly wantsHelp: boolean;
  readonly options: GlobalOptions;
}

async function readWords(
  caller: Caller,
  words: readonly string[],
  { wantsHelp, options }: Invocation,
): Promise<ReadyCommand> {
  const located = locate(words);
  if (located === undefined) {
    const { answerForGroup } = await import('./group.ts');
    return answer(async () => answerForGroup(caller, words, wantsHelp));
  }
  const { command } = await located.entry.load();
  const rest = words.slice(located.path.split(' ').length);
  const input = wantsHelp ? 'help' : readArguments(caller, located, command, rest);
  if (input === 'help') {
    const { commandHelp } = await import('./help.ts');
    return answer(async () => {
      caller.writeOut(commandHelp(caller, located, command));
      return 0;
    });
  }
  const session = openSession(caller, located.path, options);
  if (!command.offline) session.prepareClient();
  return {
    warm: (command.warm?.(input) ?? false) && session.isLocal,
    run: () => runCommand(command, session, input),
    abandon: () => session.close(),
  };
}

async function runCommand(
  command: Command,
  session: Session,
  input: ParsedArguments<FlagTable>,
): Promise<number> {
  try {
    return (await command.run(session, input)) ?? 0;
  } catch (error) {
    const { describeFailure } = await import('./failure.ts');
    throw describeFailure(error, session);
  } finally {
    session.close();
  }
}

async function printVersion(caller: Caller): Promise<number> {
  const { productVersion } = await import('./product.ts');
  caller.writeOut(`${caller.program === 'docker' ? 'Docker' : 'Wharf'} version ${productVersion}\n`);
  return 0;
}

async function printTopHelp(caller: Caller): Promise<number> {
  const { topHelp } = await import('./help.ts');
  caller.writeOut(topHelp(caller));
  return 0;
}
