import { atLeast, defineCommand } from '../command.ts';
import { writeOut } from '../output.ts';
import { createContainer } from './create-container.ts';
import { createFlags, parseRun } from './create-options/index.ts';
import { asRunFailure, checkPull } from './run-failure.ts';
import { ownSurroundings } from './surroundings.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE [COMMAND] [ARG...]'],
  operands: atLeast(1),
  flagsFirst: true,
  flags: createFlags,
  async run(session, input) {
    const { pull, quiet } = input.values;
    try {
      checkPull(pull);
      const request = parseRun(input, input.operands, ownSurroundings());
      writeOut(`${await createContainer(session, request, { pull, quiet })}\n`);
    } catch (error) {
      throw asRunFailure(error, session);
    }
  },
});
