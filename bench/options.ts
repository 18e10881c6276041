import { parseArgs } from 'node:util';

export const usage = `Usage: npm run bench -- [TEST...] [--programs=NAME,...] [--rounds=N] [--minutes=N] [--keep]
       npm run bench -- report FILE    the table of an earlier run
       npm run bench -- down           stop what a run with --keep left running

Measures Wharf beside docker, podman, runc and crun of Debian. Without tests: all of them.`;

export interface Options {
  readonly words: readonly string[];
  /** Names of programs to measure; undefined means all. */
  readonly programs: readonly string[] | undefined;
  readonly rounds: number;
  /** No round begins later than this after the first. */
  readonly minutes: number;
  /** Leaves the peers running. */
  readonly keep: boolean;
  readonly help: boolean;
}

export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      programs: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      minutes: { type: 'string', default: '8' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    words: positionals,
    programs: values.programs?.split(','),
    rounds: parsePositive('--rounds', values.rounds),
    minutes: parsePositive('--minutes', values.minutes),
    keep: values.keep,
    help: values.help,
  };
}

function parsePositive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} wants a positive number, not ${text}`);
  return value;
}
