import type { Command } from './command.ts';
import type { Located } from './commands/index.ts';

/** How a command is called; a second form is shown with the command's short name. */
export function usageLine(program: string, { path, entry }: Located, command: Command): string {
  const forms = command.synopsis.map((form, position) => {
    const name = position === 0 ? path : (entry.topName ?? path);
    return `${program} ${name} ${form}`.trimEnd();
  });
  return `Usage:  ${forms.join('\n\t')}`;
}
