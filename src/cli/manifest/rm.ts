import { atLeast, defineCommand } from '../command.ts';
import { forEachName } from '../names.ts';
import { experimental, parseName } from './names.ts';
import { ManifestStore } from './store.ts';

export const command = defineCommand({
  synopsis: ['MANIFEST_LIST [MANIFEST_LIST...]'],
  description: experimental('rm', 'Delete one or more manifest lists from local storage'),
  operands: atLeast(1),
  offline: true,
  flags: {},
  async run({ caller, options }, { operands }) {
    const store = new ManifestStore(options.configDirectory);
    await forEachName(caller, operands, async (name) => {
      store.remove(parseName(name));
      return '';
    });
  },
});
