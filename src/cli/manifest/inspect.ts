import type { Reference } from '#oci';
import { defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { indentJson } from '../format/json.ts';
import { openRegistry } from '../registry-access.ts';
import type { Session } from '../session.ts';
import { encodeList } from './list-document.ts';
import { experimental, parseName } from './names.ts';
import { fetchManifests } from './remote.ts';
import { ManifestStore, noSuchManifest } from './store.ts';
import type { NamedManifest } from './types.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] [MANIFEST_LIST] MANIFEST'],
  description: experimental('inspect', 'Display an image manifest, or manifest list'),
  operands: { atLeast: 1, atMost: 2 },
  offline: true,
  flags: {
    insecure: bool('Allow communication with an insecure registry'),
    verbose: bool('Output additional info including layers and platform', 'v'),
  },
  async run(session, { values: { insecure, verbose }, operands }) {
    const name = parseName(operands.at(-1) ?? '');
    const list = operands.length > 1 ? parseName(operands[0] ?? '') : undefined;
    const found = await find(session, list, name, insecure);
    session.caller.writeOut(`${verbose ? indentJson(JSON.stringify(found), '\t') : describe(name, found)}\n`);
  },
});

/** What is in a list of ours, the list itself, or what a registry has under the name. */
async function find(
  session: Session,
  list: Reference | undefined,
  name: Reference,
  insecure: boolean,
): Promise<NamedManifest | NamedManifest[]> {
  const store = new ManifestStore(session.options.configDirectory);
  if (list !== undefined) {
    const manifest = store.find(list, name);
    if (manifest === undefined) throw noSuchManifest(name);
    return manifest;
  }
  if (store.has(name)) return store.all(name);
  using registry = await openRegistry(session, name, insecure);
  return fetchManifests(registry, name);
}

function describe(name: Reference, found: NamedManifest | NamedManifest[]): string {
  if (!Array.isArray(found)) return indentJson(Buffer.from(found.Raw ?? '', 'base64').toString(), '\t');
  try {
    return encodeList(name, found).content;
  } catch (error) {
    throw new Error(`failed to assemble ManifestDescriptor: ${(error as Error).message}`);
  }
}
