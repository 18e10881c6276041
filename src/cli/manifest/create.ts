import { formatReference } from '#oci';
import { atLeast, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { openRegistry } from '../registry-access.ts';
import type { Session } from '../session.ts';
import { experimental, parseName } from './names.ts';
import { fetchManifests } from './remote.ts';
import { ManifestStore } from './store.ts';
import type { NamedManifest } from './types.ts';

export const command = defineCommand({
  synopsis: ['MANIFEST_LIST MANIFEST [MANIFEST...]'],
  description: experimental(
    'create',
    'Create a local manifest list for annotating and pushing to a registry',
  ),
  operands: atLeast(2),
  offline: true,
  flags: {
    amend: bool('Amend an existing manifest list', 'a'),
    insecure: bool('Allow communication with an insecure registry'),
  },
  async run(session, { values: { amend, insecure }, operands: [listName = '', ...names] }) {
    const list = parseName(listName, 'error parsing name for manifest list');
    const store = new ManifestStore(session.options.configDirectory);
    if (!amend && store.has(list)) {
      throw new Error('refusing to amend an existing manifest list with no --amend flag');
    }
    for (const text of names) {
      const name = parseName(text);
      const known = store.find(list, name);
      const manifest = known?.Raw === undefined ? await fetchOne(session, text, insecure) : known;
      store.save(list, name, manifest);
    }
    session.caller.writeOut(`Created manifest list ${formatReference(list)}\n`);
  },
});

async function fetchOne(session: Session, text: string, insecure: boolean): Promise<NamedManifest> {
  const name = parseName(text);
  using registry = await openRegistry(session, name, insecure);
  const manifest = await fetchManifests(registry, name);
  if (Array.isArray(manifest)) throw new Error(`${formatReference(name)} is a manifest list`);
  return manifest;
}
