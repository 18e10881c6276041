import { segment } from '#client';
import { always, atLeast, defineCommand } from '../command.ts';

import { inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] VOLUME [VOLUME...]'],
  operands: atLeast(1),
  flags: { format: inspectFormatFlag },
  warm: always,
  async run({ caller, client }, { operands, values }) {
    await inspectObjects(caller, operands, values.format, async (name) => {
      const response = await client.send({ method: 'GET', path: `/volumes/${segment(name)}` });
      return response.text();
    });
  },
});
