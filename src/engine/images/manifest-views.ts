import { type Digest, tryParseDigest } from '#base';
import {
  type Descriptor,
  type ImageConfigFile,
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
  /** `attestation`: a statement about another manifest; `unknown`: any other artifact, and what is not here. */
  readonly kind: 'image' | 'attestation' | 'unknown';
  /** What an attestation is about. */
  readonly subject?: Digest;
  /** The local image that the manifest describes. */
  readonly imageId?: Digest;
  /** Whether all of it is here. */
  readonly available: boolean;
}

/** What is known here. */
export interface ManifestSource {
  /** The document, when it is here. */
  read(digest: Digest): Uint8Array | undefined;
  /** The config of an image that came by the target. */
  config(imageId: Digest): ImageConfigFile | undefined;
}

/** The manifests that a manifest or an index leads to, in its order; none when its document is not here. */
export function viewManifests(target: Descriptor, source: ManifestSource): ManifestView[] {
  const content = source.read(target.digest);
  if (content === undefined) return [];
  const document = parseManifest(content, target.mediaType);
  if (document.kind === 'manifest') return [viewManifest(target, document, source)];
  return document.manifests.map((descriptor) => viewEntry(descriptor, source));
}

/** The platform that a config says it is for. */
export function configPlatform({ os, architecture, variant }: ImageConfigFile): Platform {
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

function viewEntry(descriptor: Descriptor, source: ManifestSource): ManifestView {
  const { digest, platform, annotations = {} } = descriptor;
  const content = source.read(digest);
  if (annotations['vnd.docker.reference.type'] === 'attestation-manifest') {
    const subject = tryParseDigest(annotations['vnd.docker.reference.digest'] ?? '');
    return {
      descriptor,
      kind: 'attestation',
      ...(subject !== undefined && { subject }),
      available: content !== undefined,
    };
  }
  const document = content === undefined ? undefined : parseManifest(content, descriptor.mediaType);
  if (document?.kind === 'manifest') return viewManifest(descriptor, document, source);
  if (platform === undefined || platform.os === 'unknown' || document !== undefined) {
    return { descriptor, kind: 'unknown', available: false };
  }
  return { descriptor, platform, kind: 'image', available: false };
}

function viewManifest(descriptor: Descriptor, manifest: ImageManifest, source: ManifestSource): ManifestView {
  if (!manifest.layers.every(({ mediaType }) => isLayerType(mediaType))) {
    return { descriptor, kind: 'unknown', available: true };
  }
  const imageId = manifest.config.digest;
  const config = source.config(imageId);
  const platform = descriptor.platform ?? (config && configPlatform(config));
  return {
    descriptor,
    kind: 'image',
    ...(platform !== undefined && { platform }),
    ...(config !== undefined && { imageId }),
    available: config !== undefined,
  };
}
