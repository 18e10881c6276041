import { existsSync, readdirSync } from 'node:fs';
import { anyOperands, defineCommand } from '../command.ts';
import type { GlobalOptions } from '../globals.ts';
import { inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';
import { namedContext } from './endpoint.ts';
import { contextFolders, defaultContext } from './store.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [CONTEXT] [CONTEXT...]'],
  offline: true,
  operands: anyOperands,
  flags: { format: inspectFormatFlag },
  async run({ caller, options, contextName }, { values, operands }) {
    const names = operands.length === 0 ? [contextName] : operands;
    await inspectObjects(caller, names, values.format, async (name) =>
      JSON.stringify(describe(name, options)).replace(/[<>]/g, escapeCharacter),
    );
  },
});

/** As Go writes JSON. */
function escapeCharacter(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}

/** A context with where it is kept; the default one is kept nowhere. */
function describe(name: string, options: GlobalOptions) {
  const { Name, Metadata, Endpoints } = namedContext(name, options);
  const { metadata, tls } = contextFolders(options.configDirectory, name);
  const nowhere = '<IN MEMORY>';
  const isKept = name !== defaultContext;
  return {
    ...{ Name, Metadata, Endpoints },
    TLSMaterial: isKept && existsSync(`${tls}/docker`) ? { docker: readdirSync(`${tls}/docker`).sort() } : {},
    Storage: { MetadataPath: isKept ? metadata : nowhere, TLSPath: isKept ? tls : nowhere },
  };
}
