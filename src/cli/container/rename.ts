import { always, defineCommand, ExitError, exactly } from '../command.ts';
import { failureText } from '../failure.ts';
import { containerPost } from './path.ts';

export const command = defineCommand({
  synopsis: ['CONTAINER NEW_NAME'],
  operands: exactly(2),
  flags: {},
  warm: always,
  async run({ client }, { operands }) {
    const [name = '', newName = ''] = operands.map((operand) => operand.trim());
    if (name === '' || newName === '') throw new Error('Error: Neither old nor new names may be empty');
    try {
      await client.call(containerPost(name, 'rename', { name: newName }));
    } catch (error) {
      const what = `Error: failed to rename container named ${name}`;
      throw new ExitError(1, `${failureText(error)}\n${what}`, error);
    }
  },
});
