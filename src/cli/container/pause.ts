import { always, atLeast, defineCommand } from '../command.ts';
import { forEachName } from '../names.ts';
import { containerPost } from './path.ts';

export const command = defineCommand({
  synopsis: ['CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: {},
  warm: always,
  async run({ caller, client }, { operands }) {
    await forEachName(
      caller,
      operands,
      async (name) => void (await client.call(containerPost(name, 'pause'))),
    );
  },
});
