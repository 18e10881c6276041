import { defineCommand, exactly } from '../command.ts';
import { text } from '../flags/index.ts';
import { describeEndpoint, dockerFlag, endpointHelp, storeTlsFiles } from './endpoint.ts';
import { readContext, writeContext } from './store.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTEXT'],
  description: `Update a context\n\n${endpointHelp}
$ docker context update my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"`,
  offline: true,
  operands: exactly(1),
  flags: { description: text('Description of the context'), docker: dockerFlag },
  async run({ caller, options }, { values, given, operands: [name = ''] }) {
    const { configDirectory } = options;
    const context = readContext(configDirectory, name);
    const docker = given.has('docker') ? describeEndpoint(values.docker, options) : context.Endpoints.docker;
    const description = given.has('description') ? values.description : context.Metadata.Description;
    const metadata = description ? { ...context.Metadata, Description: description } : context.Metadata;
    if (given.has('docker')) storeTlsFiles(configDirectory, name, values.docker);
    const endpoints = docker === undefined ? context.Endpoints : { ...context.Endpoints, docker };
    writeContext(configDirectory, { ...context, Metadata: metadata, Endpoints: endpoints });
    caller.writeOut(`${name}\n`);
    caller.writeError(`Successfully updated context "${name}"\n`);
  },
});
