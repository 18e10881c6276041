import type { Digest } from '#base';
import { parseManifest } from '#oci';
import type { ContentStore } from '#store/content';

/** The layers that the manifests among these documents name, in the forms that they name them in. */
export function blobsNamedBy(content: ContentStore, documents: Iterable<Digest>): ReadonlySet<Digest> {
  const named = new Set<Digest>();
  for (const digest of documents) {
    for (const layer of layersOf(content, digest)) named.add(layer);
  }
  return named;
}

/** None for what is here no more, or is no manifest. */
function layersOf(content: ContentStore, digest: Digest): readonly Digest[] {
  if (!content.has(digest)) return [];
  try {
    const document = parseManifest(content.read(digest));
    return document.kind === 'manifest' ? document.layers.map((layer) => layer.digest) : [];
  } catch {
    return [];
  }
}
