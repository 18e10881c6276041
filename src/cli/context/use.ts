import { defineCommand, exactly } from '../command.ts';
import { updateConfigFile } from '../config-file.ts';
import { namedContext } from './endpoint.ts';
import { defaultContext } from './store.ts';

export const command = defineCommand({
  synopsis: ['CONTEXT'],
  offline: true,
  operands: exactly(1),
  flags: {},
  async run({ caller, options }, { operands: [name = ''] }) {
    namedContext(name, options);
    setCurrentContext(options.configDirectory, name);
    caller.writeOut(`${name}\n`);
    caller.writeError(`Current context is now "${name}"\n`);
    if (name !== defaultContext && options.usualHost) caller.writeError(overriddenWarning(`"${name}"`));
  },
});

/** Keeps which context is in use; the default one is none. */
export function setCurrentContext(configDirectory: string, name: string): void {
  updateConfigFile(configDirectory, ({ currentContext: _, ...config }) =>
    name === defaultContext ? config : { ...config, currentContext: name },
  );
}

/** `what`: which context is not used. */
export function overriddenWarning(what: string): string {
  return `Warning: DOCKER_HOST environment variable overrides the active context. To use ${what}, either set the global --context flag, or unset DOCKER_HOST environment variable.\n`;
}
