import { atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: { format: inspectFormatFlag, size: bool('Display total file sizes', 's') },
  async run({ client }, { operands, values }) {
    await inspectObjects(operands, values.format, async (name) => {
      const response = await client.send({
        method: 'GET',
        path: containerPath(name, 'json'),
        query: { size: values.size },
      });
      return response.text();
    });
  },
});
