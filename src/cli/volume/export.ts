import { defineCommand, exactly } from '../command.ts';
import { text } from '../flags/index.ts';
import { checkOutput, saveStream } from '../stream/save.ts';
import { volumePath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] VOLUME'],
  description: `Export a volume's contents as a tar archive (streamed to STDOUT by default)

Owners, times, holes, hard links, devices, extended attributes and access
lists are kept. Running containers may go on writing meanwhile.`,
  operands: exactly(1),
  flags: {
    compression: text('Compress the archive ("none", "gzip", "zstd")', { short: 'c', initial: 'none' }),
    output: text('Write to a file, instead of STDOUT', { short: 'o' }),
  },
  async run({ caller, client }, { operands: [name = ''], values: { output, compression } }) {
    if (output === '' && caller.isTerminal(1)) {
      throw new Error('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    }
    if (output !== '') checkOutput(output, 'failed to export volume');
    const query = { compression };
    const response = await client.send({ method: 'GET', path: volumePath(name, 'export'), query });
    await saveStream(caller, response.body, output);
  },
});
