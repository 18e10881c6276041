import { appendFileSync, writeSync } from 'node:fs';
import { EngineError, errorMessage } from '#base';
import { runtimeSpecVersion } from '#oci';
import { parseArguments } from './arguments.ts';
import { createContext, type RuntimeContext } from './context.ts';

/** One command: what it is given after its name → its exit code. */
export type Command = (context: RuntimeContext, words: readonly string[]) => Promise<number>;

type LoadCommand = () => Promise<{ readonly command: Command }>;

const commands: Readonly<Record<string, LoadCommand>> = {
  create: () => import('./commands/create.ts'),
  delete: () => import('./commands/delete.ts'),
  events: () => import('./commands/events.ts'),
  exec: () => import('./commands/exec.ts'),
  kill: () => import('./commands/kill.ts'),
  list: () => import('./commands/list.ts'),
  pause: () => import('./commands/pause.ts'),
  ps: () => import('./commands/ps.ts'),
  resume: () => import('./commands/resume.ts'),
  run: () => import('./commands/run.ts'),
  spec: () => import('./commands/spec.ts'),
  start: () => import('./commands/start.ts'),
  state: () => import('./commands/state.ts'),
  update: () => import('./commands/update.ts'),
};

const globalFlags = {
  root: 'value',
  log: 'value',
  'log-format': 'value',
  debug: 'switch',
  'systemd-cgroup': 'switch',
  rootless: 'value',
  version: 'switch',
  help: 'switch',
} as const;

/** Runs one command line. @returns the exit code of the program */
export async function main(words: readonly string[]): Promise<number> {
  let log: string | undefined;
  let asJson = false;
  try {
    const { flags, operands } = parseArguments(words, globalFlags, { v: 'version', h: 'help' });
    log = flags.log;
    asJson = flags['log-format'] === 'json';
    const [name, ...rest] = operands;
    if (flags.version) return print(`wharf-runtime version 0.1.0\nspec: ${runtimeSpecVersion}`);
    if (flags.help || name === undefined) return print(usage());
    if (flags['systemd-cgroup']) {
      throw new EngineError(
        'notImplemented',
        'systemd cgroups are not supported, only the cgroup file system',
      );
    }
    const load = commands[name];
    if (load === undefined) throw new EngineError('invalid', `No help topic for '${name}'`);
    const { command } = await load();
    return await command(createContext(flags.root ?? '/run/wharf-runtime'), rest);
  } catch (error) {
    report(errorMessage(error), log, asJson);
    return 1;
  }
}

/** Writes a line to standard output. */
export function print(text: string): number {
  writeSync(1, `${text}\n`);
  return 0;
}

function usage(): string {
  return `usage: wharf-runtime [--root DIR] [--log FILE] [--log-format text|json] COMMAND\n\ncommands: ${Object.keys(commands).join(', ')}`;
}

/** Callers such as containerd read the reason from the log file, people from standard error. */
function report(message: string, log: string | undefined, asJson: boolean): void {
  const time = new Date().toISOString();
  const line = asJson
    ? JSON.stringify({ level: 'error', msg: message, time })
    : `time="${time}" level=error msg=${JSON.stringify(message)}`;
  if (log !== undefined) appendFileSync(log, `${line}\n`);
  writeSync(2, asJson && log === undefined ? `${line}\n` : `wharf-runtime: ${message}\n`);
}
