import { atMost, defineCommand } from '../command.ts';
import { hostOf, openCredentials, serverKey } from '../credentials/index.ts';

export const command = defineCommand({
  synopsis: ['[SERVER]'],
  description: 'Log out from a registry.\nIf no server is specified, the default is defined by the daemon.',
  offline: true,
  operands: atMost(1),
  flags: {},
  async run(session, { operands: [server = ''] }) {
    const { caller } = session;
    const names = new Set([serverKey(server), ...(server === '' ? [] : spellings(server))]);
    caller.writeOut(`Removing login credentials for ${server === '' ? serverKey() : hostOf(server)}\n`);
    const failures: string[] = [];
    for (const name of names) {
      const forgotten = openCredentials(session, name).forget(name);
      await forgotten.catch((error: Error) => failures.push(`${name}: ${error.message}\n`));
    }
    // A helper may complain of a name that it does not have.
    if (failures.length === names.size) {
      caller.writeError(`WARNING: could not erase credentials:\n${failures.join('')}`);
    }
  },
});

/** The names under which clients, older ones too, have kept a server's credentials. */
function spellings(server: string): string[] {
  const host = hostOf(server);
  return [server, host, `http://${host}`, `https://${host}`];
}
