import type { Volume } from '#api';
import { always, defineCommand, exactly } from '../command.ts';
import { bool } from '../flags/index.ts';
import { volumePath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] VOLUME SNAPSHOT'],
  description: `Fill a volume with what a snapshot holds

A SNAPSHOT is named by its ID, as VOLUME@NAME, or by its name when it is one of
the volume's own. A volume that is not there is made; one that holds something is
refused unless --force is given.`,
  operands: exactly(2),
  flags: { force: bool('Replace what the volume holds', 'f') },
  warm: always,
  async run({ caller, client }, { operands: [name = '', snapshot = ''], values }) {
    const query = { snapshot, force: values.force };
    const volume = await client.json<Volume>({ method: 'POST', path: volumePath(name, 'restore'), query });
    caller.writeOut(`${volume.Name}\n`);
  },
});
