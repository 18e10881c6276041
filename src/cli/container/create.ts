import { atLeast, defineCommand } from '../command.ts';
import type { ParsedArguments } from '../flags/index.ts';
import type { Session } from '../session.ts';
import { createContainer } from './create-container.ts';
import { createFlags, namesFiles, parseRun, type RunRequest } from './create-options/index.ts';
import { asRunFailure, checkPull } from './run-failure.ts';
import { surroundings } from './surroundings.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE [COMMAND] [ARG...]'],
  operands: atLeast(1),
  flagsFirst: true,
  flags: createFlags,
  warm: ({ values }) => !namesFiles(values),
  async run(session, input) {
    const { pull, quiet } = input.values;
    const request = parseOrFail(session, input);
    session.caller.writeOut(`${await createContainer(session, request, { pull, quiet })}\n`);
  },
});

function parseOrFail(session: Session, input: ParsedArguments<typeof createFlags>): RunRequest {
  try {
    checkPull(input.values.pull);
    return parseRun(input, input.operands, surroundings(session));
  } catch (error) {
    throw asRunFailure(error, session);
  }
}
