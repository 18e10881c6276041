import { defineCommand, exactly } from '../command.ts';
import { openSource } from '../stream/source.ts';
import { checkNewName } from './create.ts';
import { readParcel } from './parcel.ts';
import { writeContext, writeTlsFiles } from './store.ts';
import type { StoredContext } from './types.ts';

export const command = defineCommand({
  synopsis: ['CONTEXT FILE|-'],
  operands: exactly(2),
  offline: true,
  flags: {},
  async run({ caller, options }, { operands: [name = '', path = ''] }) {
    checkNewName(options.configDirectory, name);
    const { body } = await openSource(path);
    const { metadata, tls } = await readParcel(body);
    const stored = JSON.parse(Buffer.from(metadata).toString()) as StoredContext;
    writeTlsFiles(options.configDirectory, name, tls);
    writeContext(options.configDirectory, { ...stored, Name: name });
    caller.writeOut(`${name}\n`);
    caller.writeError(`Successfully imported context "${name}"\n`);
  },
});
