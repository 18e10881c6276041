import type { Volume } from '#api';
import { defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { openSource } from '../stream/source.ts';
import { volumePath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] VOLUME [FILE|-]'],
  description: `Fill a volume from a tar archive, compressed or not (STDIN by default)

A volume that is not there is made. One that holds something is refused unless
--force is given: then the archive takes the place of what is there, as a whole.`,
  operands: { atLeast: 1, atMost: 2 },
  flags: { force: bool('Replace what the volume holds', 'f') },
  async run({ caller, client }, { operands: [name = '', file = '-'], values }) {
    if (file === '-' && caller.isTerminal(0)) {
      throw new Error('requested import from stdin, but stdin is a terminal');
    }
    const volume = await client.json<Volume>({
      method: 'POST',
      path: volumePath(name, 'import'),
      query: { force: values.force },
      contentType: 'application/x-tar',
      ...(await openSource(file)),
    });
    caller.writeOut(`${volume.Name}\n`);
  },
});
