import { isatty } from 'node:tty';
import { defineCommand, exactly } from '../command.ts';
import { text } from '../flags/index.ts';
import { saveStream } from '../stream/save.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER'],
  operands: exactly(1),
  flags: { output: text('Write to a file, instead of STDOUT', { short: 'o' }) },
  async run({ client }, { operands: [name = ''], values }) {
    if (values.output === '' && isatty(1)) {
      throw new Error('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    }
    const response = await client.send({ method: 'GET', path: containerPath(name, 'export') });
    await saveStream(response.body, values.output);
  },
});
