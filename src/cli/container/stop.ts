import { always, atLeast, defineCommand } from '../command.ts';
import { forEachName } from '../names.ts';
import { containerPost } from './path.ts';
import { stopFlags, stopQuery } from './stop-flags.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: stopFlags,
  warm: always,
  async run({ caller, client }, { operands, values, given }) {
    const query = stopQuery(values, given);
    await forEachName(
      caller,
      operands,
      async (name) => void (await client.call(containerPost(name, 'stop', query))),
    );
  },
});
