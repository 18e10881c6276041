import type { Caller, StandardDescriptor } from './caller/index.ts';

/** Something that the user may want to know: after an empty line, with further lines below the first. */
export function note(caller: Caller, descriptor: StandardDescriptor, lines: readonly string[]): string {
  const sign = caller.isTerminal(descriptor) ? '\x1b[1;30;106mi\x1b[0m \x1b[96mInfo → \x1b[0m' : ' Info -> ';
  return `\n${sign}${lines.join('\n         ')}\n`;
}
