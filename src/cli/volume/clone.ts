import type { Volume } from '#api';
import { always, defineCommand, exactly } from '../command.ts';
import { pairsToMap } from '../container/env.ts';
import { list, pairs, text } from '../flags/index.ts';
import { volumePath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] VOLUME NEW_VOLUME'],
  description: `Copy a volume into a new one, or into one that is empty

Files share their blocks where the file system can.`,
  operands: exactly(2),
  flags: {
    driver: text('Specify volume driver name', { short: 'd', initial: 'local' }),
    label: list("Set metadata for the new volume, in place of the old one's"),
    opt: pairs('Set driver specific options', { short: 'o' }),
  },
  warm: always,
  async run({ caller, client }, { values, given, operands: [name = '', newName = ''] }) {
    const json = {
      Name: newName,
      Driver: values.driver,
      ...(given.has('opt') ? { DriverOpts: values.opt } : {}),
      ...(given.has('label') ? { Labels: pairsToMap(values.label) } : {}),
    };
    const volume = await client.json<Volume>({ method: 'POST', path: volumePath(name, 'clone'), json });
    caller.writeOut(`${volume.Name}\n`);
  },
});
