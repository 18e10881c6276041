import { always, atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { inspectAsFlag, inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: { as: inspectAsFlag, format: inspectFormatFlag, size: bool('Display total file sizes', 's') },
  warm: always,
  async run(session, { operands, values }) {
    if (values.as !== '') {
      const { inspectAs } = await import('../inspect-as.ts');
      return inspectAs(session, values.as, operands);
    }
    await inspectObjects(session.caller, operands, values.format, async (name) => {
      const response = await session.client.send({
        method: 'GET',
        path: containerPath(name, 'json'),
        query: { size: values.size },
      });
      return response.text();
    });
  },
});
