import { always, atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { forEachName, NamesError } from '../names.ts';
import { containerPath } from './path.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [CONTAINER...]'],
  operands: atLeast(1),
  flags: {
    force: bool('Force the removal of a running container (uses SIGKILL)', 'f'),
    link: bool('Remove the specified link', 'l'),
    volumes: bool('Remove anonymous volumes associated with the container', 'v'),
  },
  warm: always,
  async run({ caller, client }, { operands, values }) {
    const query = { force: values.force, link: values.link, v: values.volumes };
    try {
      await forEachName(caller, operands, async (name) => {
        const plain = name.replace(/^\/+/, '');
        if (plain === '') throw new Error('Container name cannot be empty');
        await client.call({ method: 'DELETE', path: containerPath(plain), query });
      });
    } catch (error) {
      if (!(values.force && error instanceof NamesError && error.onlyMissing)) throw error;
      caller.writeError(`${error.message}\n`);
    }
  },
});
