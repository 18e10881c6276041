import type { Volume } from '#api';
import { always, atMost, defineCommand } from '../command.ts';
import { pairsToMap } from '../container/env.ts';
import { bytes, list, pairs, text } from '../flags/index.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [VOLUME]'],
  operands: atMost(1),
  flags: {
    availability: text('Cluster Volume availability ("active", "pause", "drain")', { initial: 'active' }),
    driver: text('Specify volume driver name', { short: 'd', initial: 'local' }),
    group: text('Cluster Volume group (cluster volumes)'),
    label: list('Set metadata for a volume'),
    'limit-bytes': bytes('Minimum size of the Cluster Volume in bytes'),
    name: { ...text('Specify volume name'), hidden: true },
    opt: pairs('Set driver specific options', { short: 'o' }),
    'required-bytes': bytes('Maximum size of the Cluster Volume in bytes'),
    scope: text('Cluster Volume access scope ("single", "multi")', { initial: 'single' }),
    secret: pairs('Cluster Volume secrets'),
    sharing: text('Cluster Volume access sharing ("none", "readonly", "onewriter", "all")', {
      initial: 'none',
    }),
    'topology-preferred': list('A topology that the Cluster Volume would be preferred in'),
    'topology-required': list('A topology that the Cluster Volume must be accessible from'),
    type: text('Cluster Volume access type ("mount", "block")', { initial: 'block' }),
  },
  warm: always,
  async run({ caller, client }, { values, given, operands: [name] }) {
    if (name !== undefined && given.has('name')) {
      throw new Error(
        'conflicting options: cannot specify a volume-name through both --name and as a positional arg',
      );
    }
    const json = {
      Name: name ?? values.name,
      Driver: values.driver,
      ...(given.has('opt') ? { DriverOpts: values.opt } : {}),
      ...(given.has('label') ? { Labels: pairsToMap(values.label) } : {}),
    };
    const volume = await client.json<Volume>({ method: 'POST', path: '/volumes/create', json });
    caller.writeOut(`${volume.Name}\n`);
  },
});
