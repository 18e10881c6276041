import type { FilesystemChange } from '#api';
import { always, defineCommand, exactly } from '../command.ts';
import { containerPath } from './path.ts';

const letters = { 0: 'C', 1: 'A', 2: 'D' } as const;

export const command = defineCommand({
  synopsis: ['CONTAINER'],
  operands: exactly(1),
  flags: {},
  warm: always,
  async run({ caller, client }, { operands: [name = ''] }) {
    const changes = await client.json<FilesystemChange[] | null>({
      method: 'GET',
      path: containerPath(name, 'changes'),
    });
    for (const { Kind, Path } of changes ?? []) caller.writeOut(`${letters[Kind]} ${Path}\n`);
  },
});
