import { segment } from '#client';
import { always, atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { forEachName } from '../names.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] VOLUME [VOLUME...]'],
  description: 'Remove one or more volumes. You cannot remove a volume that is in use by a container.',
  operands: atLeast(1),
  flags: { force: bool('Force the removal of one or more volumes', 'f') },
  warm: always,
  async run({ caller, client }, { operands, values }) {
    const query = { force: values.force };
    await forEachName(caller, operands, async (name) => {
      await client.call({ method: 'DELETE', path: `/volumes/${segment(name)}`, query });
    });
  },
});
