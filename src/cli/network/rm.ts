import { ApiError, segment } from '#client';
import { always, atLeast, defineCommand, ExitError } from '../command.ts';
import { bool } from '../flags/index.ts';
import { forEachName } from '../names.ts';
import type { Session } from '../session.ts';

export const command = defineCommand({
  synopsis: ['NETWORK [NETWORK...]'],
  operands: atLeast(1),
  flags: { force: bool('Do not error if the network does not exist', 'f') },
  warm: always,
  async run(session, { operands, values }) {
    try {
      await forEachName(session.caller, operands, (name) => removeNetwork(session, name, values.force));
    } catch (error) {
      if (!(error instanceof ExitError)) throw error;
      throw new ExitError(error.exitCode, `${error.message}\nexit status ${error.exitCode}`, error.cause);
    }
  },
});

/** Returns what is printed: nothing for a network that was not there and need not be. */
async function removeNetwork({ client }: Session, name: string, force: boolean): Promise<string> {
  try {
    await client.call({ method: 'DELETE', path: `/networks/${segment(name)}` });
  } catch (error) {
    if (force && error instanceof ApiError && error.status === 404) return '';
    throw error;
  }
  return name;
}
