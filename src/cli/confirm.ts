import type { Caller } from './caller/index.ts';
import { readLine } from './prompt.ts';

/** Asks a question with a warning; only `y` or `yes` is a yes. */
export async function confirm(caller: Caller, warning: string): Promise<boolean> {
  caller.writeOut(`${warning}\nAre you sure you want to continue? [y/N] `);
  return /^\s*y(es)?\s*$/i.test(await readLine());
}
