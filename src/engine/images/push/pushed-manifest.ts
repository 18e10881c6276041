import { type Descriptor, layerCompression, mediaTypes } from '#oci';

/**
 * The manifest of an image whose layers are in these forms: Docker's, as Docker pushes it, or OCI's where one of them
 * is zstd, for which Docker's has no name. The same image always gets the same bytes.
 */
export function encodePushedManifest(
  config: Descriptor,
  layers: readonly Descriptor[],
): { readonly mediaType: string; readonly content: Uint8Array } {
  const isOci = layers.some(({ mediaType }) => layerCompression(mediaType) !== 'gzip');
  const mediaType = isOci ? mediaTypes.ociManifest : mediaTypes.dockerManifest;
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: isOci ? mediaTypes.ociConfig : mediaTypes.dockerConfig,
      size: config.size,
      digest: config.digest,
    },
    layers: layers.map((layer) => ({
      mediaType: isOci ? ociType(layer.mediaType) : mediaTypes.dockerGzipLayer,
      size: layer.size,
      digest: layer.digest,
    })),
  };
  return { mediaType, content: Buffer.from(JSON.stringify(manifest, undefined, 3)) };
}

function ociType(mediaType: string): string {
  const compression = layerCompression(mediaType);
  return compression === 'none' ? mediaTypes.ociLayer : `${mediaTypes.ociLayer}+${compression}`;
}
