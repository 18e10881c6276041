import type { ContainerWaitResponse } from '#api';
import { always, atLeast, defineCommand } from '../command.ts';
import { forEachName } from '../names.ts';
import { containerPost } from './path.ts';

export const command = defineCommand({
  synopsis: ['CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: {},
  warm: always,
  async run({ caller, client }, { operands }) {
    await forEachName(caller, operands, async (name) => {
      const result = await client.json<ContainerWaitResponse>(containerPost(name, 'wait'));
      if (result.Error) throw new Error(result.Error.Message);
      return String(result.StatusCode);
    });
  },
});
