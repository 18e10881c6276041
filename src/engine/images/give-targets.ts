import { type Digest, EngineError } from '#base';
import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  mediaTypes,
  parseImageConfig,
  parseManifest,
} from '#oci';
import type { ContentStore } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { Layers } from '#store/snapshots';
import { makeManifest } from './made-manifest.ts';

interface Stores {
  readonly metadata: Metadata;
  readonly content: ContentStore;
  readonly layers: Layers;
}

interface KeptManifest {
  readonly descriptor: Descriptor;
  readonly document: ImageManifest | ImageIndex;
}

/**
 * Gives images and names of a Wharf that knew no targets theirs: the index or manifest that they came by, else a
 * manifest that is made. Done once for each; whatever it is killed at, the next call goes on.
 */
export async function giveTargets(stores: Stores): Promise<void> {
  for (const row of stores.metadata.all('SELECT id FROM image WHERE target IS NULL')) {
    await giveTarget(stores, row.id as Digest);
  }
}

async function giveTarget(stores: Stores, id: Digest): Promise<void> {
  const { metadata } = stores;
  const kept = keptManifests(stores, id);
  const target =
    kept.find(({ document }) => document.kind === 'index')?.descriptor ??
    kept.find(({ document }) => document.kind === 'manifest' && document.config.digest === id)?.descriptor ??
    (await makeTarget(stores, id));
  const descriptors = new Map(kept.map(({ descriptor }) => [String(descriptor.digest), descriptor]));
  metadata.transaction(() => {
    metadata.run('UPDATE image SET target = ? WHERE id = ?', target.digest, id);
    metadata.run('INSERT OR IGNORE INTO image_document VALUES (?, ?)', id, target.digest);
    keepTarget(metadata, target);
    for (const name of metadata.all('SELECT * FROM image_name_without_target WHERE image_id = ?', id)) {
      const value = String(name.value);
      const own = (name.kind === 'digest' && descriptors.get(value)) || target;
      keepTarget(metadata, own);
      metadata.run(
        'INSERT OR IGNORE INTO image_name VALUES (?, ?, ?, ?, ?)',
        String(name.repository),
        String(name.kind),
        value,
        own.digest,
        String(name.tagged_ns),
      );
    }
    metadata.run('DELETE FROM image_name_without_target WHERE image_id = ?', id);
  });
}

/** Those of an image's documents that are manifests and indexes; damaged ones are a check's to find. */
function keptManifests({ metadata, content }: Stores, id: Digest): KeptManifest[] {
  const rows = metadata.all('SELECT digest FROM image_document WHERE image_id = ?', id);
  const digests = rows.map((row) => row.digest as Digest).filter((digest) => digest !== id);
  return digests.flatMap((digest) => unlessDamaged(() => readManifest(content, digest)) ?? []);
}

function readManifest(content: ContentStore, digest: Digest): KeptManifest {
  const bytes = content.read(digest);
  const document = parseManifest(bytes);
  return { document, descriptor: { mediaType: document.mediaType, digest, size: bytes.length } };
}

/** Where no manifest can be made because config or layers are damaged, the config stands for it. */
async function makeTarget(stores: Stores, id: Digest): Promise<Descriptor> {
  const { content, layers } = stores;
  const made = unlessDamaged(() => {
    const config = content.read(id);
    return makeManifest(config, parseImageConfig(config), layers);
  });
  if (made === undefined)
    return { mediaType: mediaTypes.ociConfig, digest: id, size: content.sizeOf(id) ?? 0 };
  await content.write(made.content);
  return made.descriptor;
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return undefined;
  }
}

function keepTarget(metadata: Metadata, { digest, mediaType, size }: Descriptor): void {
  metadata.run('INSERT OR IGNORE INTO image_target VALUES (?, ?, ?)', digest, mediaType, size);
}
