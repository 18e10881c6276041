import type { Caller } from './caller/index.ts';
import { readStdin } from './stream/stdin.ts';

/** Asks a question with a warning; only `y` or `yes` is a yes. */
export async function confirm(caller: Caller, warning: string): Promise<boolean> {
  caller.writeOut(`${warning}\nAre you sure you want to continue? [y/N] `);
  let answer = '';
  for await (const chunk of readStdin()) {
    answer += Buffer.from(chunk).toString();
    if (answer.includes('\n')) break;
  }
  return /^\s*y(es)?\s*$/i.test(answer.split('\n')[0] ?? '');
}
