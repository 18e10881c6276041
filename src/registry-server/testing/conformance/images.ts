import assert from 'node:assert/strict';
import { type Algorithm, type Content, contentOf, freshBlob, pushBlob, type Subject } from './subject.ts';

export const mediaType = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  foreignLayer: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
  empty: 'application/vnd.oci.empty.v1+json',
  artifact: 'application/vnd.example.conformance.v1',
} as const;

/** A manifest or index, and the blobs that must be there before it. */
export interface Image {
  readonly mediaType: string;
  readonly document: Content;
  readonly blobs: readonly Content[];
}

export interface ImageOptions {
  readonly algorithm?: Algorithm;
  readonly layers?: number;
  /** Further fields of the manifest. */
  readonly fields?: object;
  /** Further fields of every descriptor in it. */
  readonly describe?: (content: Content) => object;
}

/** An image with a config and layers of its own. */
export function makeImage(options: ImageOptions = {}): Image {
  const { algorithm, layers = 2, fields = {}, describe = () => ({}) } = options;
  const config = contentOf(
    JSON.stringify({ architecture: 'amd64', os: 'linux', id: Math.random() }),
    algorithm,
  );
  const parts = Array.from({ length: layers }, () => freshBlob(algorithm));
  const named = (type: string, content: Content) => ({ ...descriptor(type, content), ...describe(content) });
  const document = {
    schemaVersion: 2,
    mediaType: mediaType.manifest,
    config: named(mediaType.config, config),
    layers: parts.map((part) => named(mediaType.layer, part)),
    ...fields,
  };
  return asImage(document, [config, ...parts], algorithm);
}

/** An index of what was made before. */
export function makeIndex(images: readonly Image[], fields: object = {}, algorithm?: Algorithm): Image {
  const manifests = images.map((image) => descriptor(image.mediaType, image.document));
  const document = { schemaVersion: 2, mediaType: mediaType.index, manifests, ...fields };
  const blobs = images.flatMap((image) => image.blobs);
  return asImage(document, blobs, algorithm);
}

export function descriptor(type: string, { digest, bytes }: Content) {
  return { mediaType: type, digest, size: bytes.length };
}

/** What a manifest says of the one that it belongs to. */
export function subjectOf({ mediaType: type, document }: Image): object {
  return { subject: descriptor(type, document) };
}

/** Pushes the blobs of an image and its manifest, under its digest and, if there is one, a tag. */
export async function pushImage(
  subject: Subject,
  repository: string,
  image: Image,
  tag?: string,
): Promise<void> {
  for (const blob of image.blobs) await pushBlob(subject, repository, blob);
  for (const name of tag === undefined ? [image.document.digest] : [image.document.digest, tag]) {
    const response = await putManifest(subject, repository, image, name);
    assert.equal(response.status, 201, await response.text());
  }
}

/** end-7 */
export function putManifest(subject: Subject, repository: string, image: Image, name: string) {
  const headers = { 'Content-Type': image.mediaType };
  return subject.ask('PUT', `/v2/${repository}/manifests/${name}`, { body: image.document.bytes, headers });
}

function asImage(
  document: { readonly mediaType: string },
  blobs: readonly Content[],
  algorithm: Algorithm | undefined,
): Image {
  return { mediaType: document.mediaType, document: contentOf(JSON.stringify(document), algorithm), blobs };
}
