import { writeFileSync } from 'node:fs';
import { defineCommand } from '../command.ts';
import { fileFailure } from '../read-text-file.ts';
import { namedContext } from './endpoint.ts';
import { encodeParcel } from './parcel.ts';
import { readTlsFiles } from './store.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTEXT [FILE|-]'],
  operands: { atLeast: 1, atMost: 2 },
  offline: true,
  flags: {},
  async run({ caller, options }, { operands: [name = '', path = `${name}.dockercontext`] }) {
    if (path === '-' && caller.isTerminal(1)) {
      throw new Error('cowardly refusing to export to a terminal, specify a file path');
    }
    const metadata = Buffer.from(JSON.stringify(namedContext(name, options)));
    const tls = readTlsFiles(options.configDirectory, name);
    for await (const piece of encodeParcel({ metadata, tls })) {
      if (path === '-') await caller.writeOut(piece);
      else writeNew(path, piece);
    }
    if (path !== '-') caller.writeError(`Written file "${path}"\n`);
  },
});

/** Keys may be in it: only its owner may read it, and no other file is lost. */
function writeNew(path: string, content: Uint8Array): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Error(fileFailure(path, error));
  }
}
