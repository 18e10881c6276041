import { segment } from '#client';
import { always, atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] NETWORK [NETWORK...]'],
  operands: atLeast(1),
  flags: { format: inspectFormatFlag, verbose: bool('Verbose output for diagnostics', 'v') },
  warm: always,
  async run({ caller, client }, { operands, values }) {
    await inspectObjects(caller, operands, values.format, async (name) => {
      const response = await client.send({
        method: 'GET',
        path: `/networks/${segment(name)}`,
        query: { verbose: values.verbose },
      });
      return response.text();
    });
  },
});
