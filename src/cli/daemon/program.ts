import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Caller } from '../caller/index.ts';
import { ExitError } from '../command.ts';

/** The daemon's program: beside this one, else on PATH. @throws ExitError when it is nowhere */
export function daemonProgram({ environment }: Caller): string {
  const folders = [dirname(process.execPath), ...(environment.PATH ?? '').split(':')];
  const program = folders.map((folder) => join(folder, 'wharfd')).find((path) => existsSync(path));
  if (program === undefined)
    throw new ExitError(1, `wharfd: not found beside ${process.execPath}, nor on PATH`);
  return program;
}
