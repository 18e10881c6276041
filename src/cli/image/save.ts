import { atLeast, defineCommand } from '../command.ts';
import { text } from '../flags/index.ts';
import { checkOutput, saveStream } from '../stream/save.ts';
import { encodePlatform, invalidPlatform } from './platform.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE [IMAGE...]'],
  operands: atLeast(1),
  flags: {
    output: text('Write to a file, instead of STDOUT', { short: 'o' }),
    platform: text(
      'Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
  },
  async run({ caller, client }, { operands, values }) {
    if (values.output === '' && caller.isTerminal(1)) {
      throw new Error('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    }
    if (values.output !== '') checkOutput(values.output, 'failed to save image');
    const query = { names: operands, platform: await encodePlatform(values.platform, invalidPlatform) };
    const response = await client.send({ method: 'GET', path: '/images/get', query });
    await saveStream(caller, response.body, values.output);
  },
});
