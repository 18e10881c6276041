import type { ImageManifestSummary, OciDescriptor } from '#api';
import type { ManifestSummary } from '#engine/images';
import type { Descriptor } from '#oci';

export function encodeManifest(manifest: ManifestSummary): ImageManifestSummary {
  const { descriptor, kind, platform, contentBytes, unpackedBytes } = manifest;
  return {
    ID: descriptor.digest,
    Descriptor: encodeDescriptor(descriptor),
    Available: manifest.available,
    Size: { Total: contentBytes + unpackedBytes, Content: contentBytes },
    Kind: kind,
    ...(kind === 'image' &&
      platform !== undefined && {
        ImageData: {
          Platform: platform,
          Containers: manifest.containers,
          Size: { Unpacked: unpackedBytes },
        },
      }),
    ...(kind === 'attestation' && { AttestationData: { For: manifest.subject ?? '' } }),
  };
}

/** A descriptor in the order of fields that clients know. */
export function encodeDescriptor({
  mediaType,
  digest,
  size,
  annotations,
  platform,
}: Descriptor): OciDescriptor {
  return { mediaType, digest, size, ...(annotations && { annotations }), ...(platform && { platform }) };
}
