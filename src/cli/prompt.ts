import type { Caller } from './caller/index.ts';
import { readStdin } from './stream/stdin.ts';
import { openRawTerminal } from './stream/terminal.ts';

/** The next line of standard input, without its end. */
export async function readLine(): Promise<string> {
  let text = '';
  for await (const chunk of readStdin()) {
    text += Buffer.from(chunk).toString();
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}

const keys = {
  interrupt: 3,
  endOfInput: 4,
  backspace: 8,
  lineFeed: 10,
  enter: 13,
  dropLine: 21,
  delete: 127,
};

/**
 * Asks on the terminal for what must not be seen there.
 * @throws Error without a message, when the user gives up
 */
export async function askHidden(caller: Caller, question: string): Promise<string> {
  caller.writeOut(question);
  const terminal = openRawTerminal(caller);
  let typed: number[] = [];
  try {
    for await (const chunk of terminal.input) {
      for (const key of chunk) {
        if (key === keys.enter || key === keys.lineFeed || key === keys.endOfInput) return decode(typed);
        if (key === keys.interrupt) throw new Error('');
        if (key === keys.backspace || key === keys.delete) typed = withoutLast(typed);
        else if (key === keys.dropLine) typed = [];
        else typed.push(key);
      }
    }
    return decode(typed);
  } finally {
    terminal.restore();
    caller.writeOut('\n');
  }
}

function decode(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString();
}

/** A character may be of several bytes. */
function withoutLast(bytes: readonly number[]): number[] {
  return [...Buffer.from([...decode(bytes)].slice(0, -1).join(''))];
}
