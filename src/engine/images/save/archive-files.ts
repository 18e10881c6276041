import { type DiffId, type Digest, digestHex } from '#base';
import { type Descriptor, mediaTypes } from '#oci';
import { familiarRepository, familiarText } from '../names.ts';
import type { SavedBlob } from './saved-image.ts';
import type { SavedTarget } from './saved-target.ts';

/** A member of an archive; a directory has no content. */
export interface ArchiveFile {
  readonly path: string;
  readonly content?: SavedBlob;
}

const blobFolder = 'blobs/sha256';
const layout = '{"imageLayoutVersion": "1.0.0"}';

/**
 * The members of an archive that is an OCI image layout and, with manifest.json and repositories, what older Docker
 * loads too. What tells how to read the rest comes first, and a blob stands there once however many images have it.
 */
export function archiveFiles(targets: readonly SavedTarget[]): ArchiveFile[] {
  const blobs = new Map<Digest, SavedBlob>(
    targets.flatMap(({ blobs, images }) => [...blobs, ...images.flatMap((image) => [...image.blobs])]),
  );
  return [
    { path: 'oci-layout', content: Buffer.from(layout) },
    { path: 'index.json', content: encode(describeIndex(targets)) },
    { path: 'manifest.json', content: encode(describeImages(targets)) },
    ...(targets.some(({ tags }) => tags.length > 0)
      ? [{ path: 'repositories', content: encode(describeRepositories(targets)) }]
      : []),
    { path: 'blobs/' },
    { path: `${blobFolder}/` },
    ...Array.from(blobs, ([digest, content]) => ({ path: blobPath(digest), content })),
  ];
}

function encode(document: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(document)}\n`);
}

function blobPath(digest: Digest): string {
  return `${blobFolder}/${digestHex(digest)}`;
}

/** One entry for each name, with the annotations by which containerd and the OCI's own tools know it. */
function describeIndex(targets: readonly SavedTarget[]) {
  const manifests = targets.flatMap(({ descriptor, tags }): Descriptor[] =>
    tags.length === 0
      ? [descriptor]
      : tags.map(({ repository, value }) => ({
          ...descriptor,
          annotations: {
            ...descriptor.annotations,
            'io.containerd.image.name': `${repository}:${value}`,
            'org.opencontainers.image.ref.name': value,
          },
        })),
  );
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
}

/** Docker's own list, where a name means one image: of several platforms the first one's. */
function describeImages(targets: readonly SavedTarget[]) {
  return targets.flatMap(({ images, tags }) =>
    images.map(({ id, layers, diffIds }, index) => ({
      Config: blobPath(id),
      RepoTags: index === 0 && tags.length > 0 ? tags.map(familiarText) : null,
      Layers: layers.map(({ digest }) => blobPath(digest)),
      LayerSources: Object.fromEntries(
        layers.map(({ mediaType, size, digest }, at): [DiffId | Digest, object] => [
          diffIds[at] ?? digest,
          { mediaType, size, digest },
        ]),
      ),
    })),
  );
}

/** What the oldest readers go by: the topmost layer of each tag, by repository. */
function describeRepositories(targets: readonly SavedTarget[]) {
  const tagged = targets.flatMap(({ images, tags }) => {
    const top = images[0]?.diffIds.at(-1);
    return top === undefined ? [] : tags.map((tag) => ({ ...tag, top }));
  });
  const groups = Map.groupBy(tagged, ({ repository }) => familiarRepository(repository));
  return Object.fromEntries(
    Array.from(groups, ([name, tags]) => [
      name,
      Object.fromEntries(tags.map(({ value, top }) => [value, digestHex(top)])),
    ]),
  );
}
