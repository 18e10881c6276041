import { defineCommand, exactly } from '../command.ts';
import { containerPost } from './path.ts';

export const command = defineCommand({
  synopsis: ['CONTAINER NEW_NAME'],
  operands: exactly(2),
  flags: {},
  async run({ client }, { operands }) {
    const [name = '', newName = ''] = operands.map((operand) => operand.trim());
    if (name === '' || newName === '') throw new Error('Error: Neither old nor new names may be empty');
    await client.call(containerPost(name, 'rename', { name: newName }));
  },
});
