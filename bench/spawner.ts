import { execFileSync } from 'node:child_process';
import { joinFile, usedMs } from './cpu.ts';
import { type Place, worldPid } from './peers/world.ts';
import { environment, folders } from './settings.ts';
import { toolPath } from './tools.ts';

/** A command line program under measurement. */
export interface Program {
  readonly name: string;
  readonly place: Place;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Cgroups that account for it and all it starts; its commands are put into the first. */
  readonly cgroups: readonly string[];
}

export interface Timing {
  /** Wall time of each command. */
  readonly eachMs: readonly number[];
  /** From the first start to the last end. */
  readonly totalMs: number;
  /** Processor time per command, of client, daemon and containers together. */
  readonly cpuMs: number | undefined;
  /** Commands that did not exit with 0. */
  readonly failures: number;
}

export interface Repetition {
  readonly count?: number;
  /** How many run at a time. */
  readonly jobs?: number;
  /** A file that is their standard input; nothing by default. */
  readonly input?: string;
  /** Where their output goes; to `outputFile` by default. */
  readonly output?: string;
}

/** What the measured commands printed: the place to look when one failed. */
export const outputFile = `${folders.results}/output.log`;

/** Runs a program's command `count` times and measures it; `{}` in an argument becomes the index. */
export function time(program: Program, args: readonly string[], repetition: Repetition = {}): Timing {
  const { count = 1, jobs = 1, input = '/dev/null', output = outputFile } = repetition;
  const before = usedMs(program.cgroups);
  const printed = execFileSync(
    toolPath('spawn'),
    [
      ...['-c', `${count}`, '-j', `${jobs}`, '-i', input, '-o', output],
      ...placement(program),
      ...program.command,
      ...args,
    ],
    { encoding: 'utf8', env: { ...environment, ...program.environment } },
  );
  const after = usedMs(program.cgroups);
  const cpuMs = before === undefined || after === undefined ? undefined : (after - before) / count;
  return { ...parse(printed), cpuMs };
}

function placement(program: Program): string[] {
  const namespaces = `/proc/${worldPid()}/ns`;
  const mount = program.place === 'peers' ? ['-m', `${namespaces}/mnt`] : [];
  const group = joinFile(program.cgroups[0] ?? program.name);
  return [...mount, '-n', `${namespaces}/net`, ...(group === undefined ? [] : ['-g', group]), '--'];
}

function parse(printed: string): Omit<Timing, 'cpuMs'> {
  const rows = printed
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const commands = rows.slice(0, -1);
  return {
    eachMs: commands.map(([microseconds]) => Number(microseconds) / 1000),
    totalMs: Number(rows.at(-1)?.[1]) / 1000,
    failures: commands.filter(([, exitCode]) => exitCode !== '0').length,
  };
}
