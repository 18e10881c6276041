import { ApiError, segment } from '#client';
import { atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { forEachName } from '../names.ts';

export const command = defineCommand({
  synopsis: ['NETWORK [NETWORK...]'],
  operands: atLeast(1),
  flags: { force: bool('Do not error if the network does not exist', 'f') },
  async run({ client }, { operands, values }) {
    await forEachName(operands, async (name) => {
      try {
        await client.call({ method: 'DELETE', path: `/networks/${segment(name)}` });
      } catch (error) {
        if (values.force && error instanceof ApiError && error.status === 404) return '';
        throw error;
      }
      return name;
    });
  },
});
