import type { ContainerTopResponse } from '#api';
import { always, atLeast, defineCommand } from '../command.ts';
import { layOutProcesses } from '../format/table.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['CONTAINER [ps OPTIONS]'],
  operands: atLeast(1),
  flags: {},
  flagsFirst: true,
  warm: always,
  async run({ caller, client }, { operands }) {
    const [name = '', ...psArgs] = operands;
    const { Titles, Processes } = await client.json<ContainerTopResponse>({
      method: 'GET',
      path: containerPath(name, 'top'),
      query: { ps_args: psArgs.join(' ') || undefined },
    });
    caller.writeOut(layOutProcesses([Titles, ...Processes]));
  },
});
