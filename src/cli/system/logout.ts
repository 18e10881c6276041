import { atMost, defineCommand } from '../command.ts';
import { updateCredentials } from '../config-file.ts';
import { serverKey } from '../registry-auth.ts';

export const command = defineCommand({
  synopsis: ['[SERVER]'],
  description: 'Log out from a registry.\nIf no server is specified, the default is defined by the daemon.',
  operands: atMost(1),
  flags: {},
  async run({ caller, config, options }, { operands: [server] }) {
    const key = serverKey(server);
    const shown = server ?? key;
    if (config.auths?.[key] === undefined) {
      caller.writeOut(`Not logged in to ${shown}\n`);
      return;
    }
    caller.writeOut(`Removing login credentials for ${shown}\n`);
    updateCredentials(options.configDirectory, (auths) => delete auths[key]);
  },
});
