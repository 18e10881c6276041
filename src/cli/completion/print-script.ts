import { type Command, defineCommand, noOperands } from '../command.ts';
import { scripts } from './scripts.ts';

/** The command that prints one shell's script. */
export function printScript(shell: keyof typeof scripts): Command {
  return defineCommand({
    synopsis: [''],
    offline: true,
    operands: noOperands,
    flags: {},
    async run({ caller }) {
      caller.writeOut(scripts[shell](caller.program));
    },
  });
}
