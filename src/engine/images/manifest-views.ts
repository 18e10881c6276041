import { type Digest, tryParseDigest } from '#base';
import {
  type Descriptor,
  type ImageConfigFile,
  type ImageIndex,
  type ImageManifest,
  isLayerType,
  type Platform,
  parseManifest,
} from '#oci';

/** One manifest that an image's name leads to. */
export interface ManifestView {
  readonly descriptor: Descriptor;
  /** Absent for what is no image. */
  readonly platform?: Platform;
  /** `attestation`: a statement about another manifest; `unknown`: any other artifact. */
  readonly kind: 'image' | 'attestation' | 'unknown';
  /** What an attestation is about. */
  readonly subject?: Digest;
  /** The local image that the manifest describes. */
  readonly imageId?: Digest;
  /** Whether all of it is here. */
  readonly available: boolean;
  /** What of it is here as it came: its documents, and layers in forms that are kept. */
  readonly contentBytes: number;
}

/** What is known here. */
export interface ManifestSource {
  /** The document, when it is here. */
  read(digest: Digest): Uint8Array | undefined;
  /** The length of a blob, when it is here. */
  sizeOf(digest: Digest): number | undefined;
  /** The config of an image that came by the target. */
  config(imageId: Digest): ImageConfigFile | undefined;
}

/** The manifests that a manifest or an index leads to, in its order; none when its document is not here. */
export function viewManifests(target: Descriptor, source: ManifestSource): ManifestView[] {
  const document = readManifest(target, source);
  if (document?.kind === 'index') return document.manifests.map((entry) => viewManifest(entry, source));
  return document === undefined ? [] : [viewManifest(target, source)];
}

/** The platform that a config says it is for. */
export function configPlatform({ os, architecture, variant }: ImageConfigFile): Platform {
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

function viewManifest(descriptor: Descriptor, source: ManifestSource): ManifestView {
  const document = readManifest(descriptor, source);
  const contentBytes = contentSize(descriptor, document, source);
  const { annotations = {} } = descriptor;
  if (annotations['vnd.docker.reference.type'] === 'attestation-manifest') {
    const subject = tryParseDigest(annotations['vnd.docker.reference.digest'] ?? '');
    const available = document !== undefined;
    return { descriptor, kind: 'attestation', ...(subject && { subject }), available, contentBytes };
  }
  const isImage = document === undefined ? offersImage(descriptor) : describesImage(document);
  if (!isImage) return { descriptor, kind: 'unknown', available: document !== undefined, contentBytes };
  return { descriptor, kind: 'image', ...localImage(descriptor, document, source), contentBytes };
}

/** Which image a manifest is of, as far as it is here. */
function localImage(
  { platform }: Descriptor,
  document: ImageManifest | ImageIndex | undefined,
  source: ManifestSource,
): Pick<ManifestView, 'platform' | 'imageId' | 'available'> {
  const imageId = document?.kind === 'manifest' ? document.config.digest : undefined;
  const config = imageId && source.config(imageId);
  const told = platform ?? (config && configPlatform(config));
  return {
    ...(told && { platform: told }),
    ...(imageId && config && { imageId }),
    available: config !== undefined,
  };
}

/** What an index says of a manifest that is not here. */
function offersImage({ platform }: Descriptor): boolean {
  return platform !== undefined && platform.os !== 'unknown';
}

function describesImage(document: ImageManifest | ImageIndex): boolean {
  return document.kind === 'manifest' && document.layers.every(({ mediaType }) => isLayerType(mediaType));
}

function contentSize(
  { digest }: Descriptor,
  document: ImageManifest | ImageIndex | undefined,
  source: ManifestSource,
): number {
  const parts = document?.kind === 'manifest' ? [document.config, ...document.layers] : [];
  const digests = new Set([digest, ...parts.map((part) => part.digest)]);
  return [...digests].reduce((sum, blob) => sum + (source.sizeOf(blob) ?? 0), 0);
}

/** A document that is here and is a manifest or an index; what an index leads to may be anything. */
function readManifest(
  { digest, mediaType }: Descriptor,
  source: ManifestSource,
): ImageManifest | ImageIndex | undefined {
  const content = source.read(digest);
  if (content === undefined) return undefined;
  try {
    return parseManifest(content, mediaType);
  } catch {
    return undefined;
  }
}
