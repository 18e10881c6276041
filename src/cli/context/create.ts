import { defineCommand, exactly } from '../command.ts';
import { text } from '../flags/index.ts';
import { describeEndpoint, dockerFlag, endpointHelp, namedContext, storeTlsFiles } from './endpoint.ts';
import { defaultContext, hasContext, writeContext } from './store.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTEXT'],
  description: `Create a context\n\n${endpointHelp}
$ docker context create my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"`,
  offline: true,
  operands: exactly(1),
  flags: {
    description: text('Description of the context'),
    docker: dockerFlag,
    from: text('create context from a named context'),
  },
  async run({ caller, options, contextName }, { values, given, operands: [name = ''] }) {
    checkNewName(options.configDirectory, name);
    const parts = given.has('docker') ? values.docker : { from: values.from || contextName };
    const origin = given.has('docker') ? undefined : namedContext(parts.from ?? '', options);
    const docker = describeEndpoint(parts, options);
    const inherited =
      origin?.Name === defaultContext ? defaultDescription : (origin?.Metadata.Description ?? '');
    const description = given.has('description') ? values.description : inherited;
    const metadata = description === '' ? {} : { Description: description };
    storeTlsFiles(options.configDirectory, name, parts);
    writeContext(options.configDirectory, { Name: name, Metadata: metadata, Endpoints: { docker } });
    caller.writeOut(`${name}\n`);
    caller.writeError(`Successfully created context "${name}"\n`);
  },
});

export const defaultDescription = 'Current DOCKER_HOST based configuration';

const namePattern = '^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$';

/** @throws Error with the stock client's words for a name that is taken or no name */
export function checkNewName(configDirectory: string, name: string): void {
  if (name === defaultContext) throw new Error(`"${defaultContext}" is a reserved context name`);
  if (!new RegExp(namePattern).test(name)) {
    throw new Error(`context name "${name}" is invalid, names are validated against regexp "${namePattern}"`);
  }
  if (hasContext(configDirectory, name)) throw new Error(`context "${name}" already exists`);
}
