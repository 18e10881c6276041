import type { AnyDigest } from '#base';
import type { ManifestName } from '../names.ts';
import { readManifest } from '../registry/manifest-document.ts';
import type { Registry } from '../registry/registry.ts';

/**
 * Deletes a tag, and with it what only it kept reachable: its manifest, the manifests that this lists, and what says
 * something about them. Their bytes go with the next collection.
 * @throws Refusal NAME_UNKNOWN, MANIFEST_UNKNOWN
 */
export async function forgetTag(registry: Registry, repository: string, tag: string): Promise<void> {
  const name: ManifestName = { kind: 'tag', tag };
  const { digest } = registry.manifests.find(repository, name);
  registry.manifests.delete(repository, name);
  await forgetUnnamed(registry, repository, digest);
}

async function forgetUnnamed(registry: Registry, repository: string, digest: AnyDigest): Promise<void> {
  if (!registry.manifests.isUnnamed(repository, digest)) return;
  const children = await listChildren(registry, repository, digest);
  // Somebody may have set a tag while the document was read.
  if (!registry.manifests.isUnnamed(repository, digest)) return;
  const referrers = registry.listReferrers(repository, digest).map((record) => record.digest);
  registry.manifests.delete(repository, { kind: 'digest', digest });
  for (const freed of [...children, ...referrers]) await forgetUnnamed(registry, repository, freed);
}

/** The manifests that an index lists, as far as they are here. */
async function listChildren(registry: Registry, repository: string, digest: AnyDigest): Promise<AnyDigest[]> {
  const manifest = await registry.manifests.look(repository, { kind: 'digest', digest });
  const { manifests } = readManifest(manifest.content, manifest.mediaType);
  return manifests.map((child) => child.digest);
}
