import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Caller } from '../caller/index.ts';
import { ExitError } from '../command.ts';

/** The daemon's program. @throws ExitError when it is nowhere */
export function daemonProgram(caller: Caller): string {
  return siblingProgram(caller, 'wharfd');
}

/** Another program of ours: beside this one, else on PATH. @throws ExitError when it is nowhere */
export function siblingProgram({ environment }: Caller, name: string): string {
  const folders = [dirname(process.execPath), ...(environment.PATH ?? '').split(':')];
  const program = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (program === undefined)
    throw new ExitError(1, `${name}: not found beside ${process.execPath}, nor on PATH`);
  return program;
}
