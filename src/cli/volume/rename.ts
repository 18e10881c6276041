import { always, defineCommand, exactly } from '../command.ts';
import { volumePath } from './path.ts';

export const command = defineCommand({
  synopsis: ['VOLUME NEW_NAME'],
  description: `Rename a volume

Containers that mount it go on, running or not, and know it by its new name.`,
  operands: exactly(2),
  flags: {},
  warm: always,
  async run({ client }, { operands: [name = '', newName = ''] }) {
    await client.call({ method: 'POST', path: volumePath(name, 'rename'), query: { name: newName } });
  },
});
