import { defineCommand, exactly } from '../command.ts';
import { serveCallers } from './index.ts';

const lifeMs = 3_600_000;

/** What the program `wharf` leaves behind: it runs later commands of its user without a start of their own. */
export const command = defineCommand({
  synopsis: ['SOCKET SECONDS'],
  offline: true,
  operands: exactly(2),
  flags: {},
  async run(_session, { operands: [path = '', seconds] }) {
    // A command whose caller has gone may fail where nobody waits for it any more; the others go on.
    process.on('unhandledRejection', () => undefined);
    const leaving = new AbortController();
    process.once('SIGTERM', () => leaving.abort());
    await serveCallers({ path, idleMs: Number(seconds) * 1000, lifeMs }, leaving.signal);
  },
});
