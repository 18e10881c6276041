import { always, atLeast, defineCommand } from '../command.ts';
import { text } from '../flags/index.ts';
import { forEachName } from '../names.ts';
import { containerPost } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: { signal: text('Signal to send to the container', { short: 's' }) },
  warm: always,
  async run({ caller, client }, { operands, values }) {
    const query = { signal: values.signal || undefined };
    await forEachName(
      caller,
      operands,
      async (name) => void (await client.call(containerPost(name, 'kill', query))),
    );
  },
});
