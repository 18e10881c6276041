import { atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { forEachName } from '../names.ts';
import { defaultContext, hasContext, removeContext } from './store.ts';
import { setCurrentContext } from './use.ts';

export const command = defineCommand({
  synopsis: ['CONTEXT [CONTEXT...]'],
  offline: true,
  operands: atLeast(1),
  flags: { force: bool('Force the removal of a context in use', 'f') },
  async run({ caller, options, contextName }, { values, operands }) {
    await forEachName(caller, operands, async (name) => {
      const isCurrent = name === contextName;
      if (name === defaultContext) throw new Error(`context "${defaultContext}" cannot be removed`);
      if (!values.force && !hasContext(options.configDirectory, name))
        throw new Error(`context "${name}" does not exist`);
      if (isCurrent && !values.force)
        throw new Error(`context "${name}" is in use, set -f flag to force remove`);
      if (isCurrent) setCurrentContext(options.configDirectory, defaultContext);
      removeContext(options.configDirectory, name);
      return name;
    });
  },
});
