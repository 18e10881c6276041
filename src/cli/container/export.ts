import { defineCommand, exactly } from '../command.ts';
import { text } from '../flags/index.ts';
import { checkOutput, saveStream } from '../stream/save.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER'],
  operands: exactly(1),
  flags: { output: text('Write to a file, instead of STDOUT', { short: 'o' }) },
  async run({ caller, client }, { operands: [name = ''], values }) {
    if (values.output === '' && caller.isTerminal(1)) {
      throw new Error('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    }
    if (values.output !== '') checkOutput(values.output, 'failed to export container');
    const response = await client.send({ method: 'GET', path: containerPath(name, 'export') });
    await saveStream(caller, response.body, values.output);
  },
});
