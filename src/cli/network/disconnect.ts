import { segment } from '#client';
import { always, defineCommand, exactly } from '../command.ts';
import { bool } from '../flags/index.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] NETWORK CONTAINER'],
  operands: exactly(2),
  flags: { force: bool('Force the container to disconnect from a network', 'f') },
  warm: always,
  async run({ client }, { values, operands: [network = '', container = ''] }) {
    const json = { Container: container, Force: values.force };
    await client.call({ method: 'POST', path: `/networks/${segment(network)}/disconnect`, json });
  },
});
