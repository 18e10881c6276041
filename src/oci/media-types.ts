/** The media types of image documents and layers, Docker's and OCI's. */
export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  /** Uncompressed. */
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociZstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerGzipLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

/** What a client that can read every manifest form asks a registry for, best first. */
export const manifestMediaTypes: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.dockerIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerManifest,
];

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex;
}

export function isManifestType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociManifest || mediaType === mediaTypes.dockerManifest;
}

const layerPattern =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar)(?:[.+](?:gzip|zstd))?$/;

/** Whether a descriptor's media type says that the blob is a file system layer that we can read. */
export function isLayerType(mediaType: string): boolean {
  return layerPattern.test(mediaType);
}

/** How the bytes of a layer are compressed, by its media type. */
export function layerCompression(mediaType: string): 'none' | 'gzip' | 'zstd' {
  if (/[.+]gzip$/.test(mediaType)) return 'gzip';
  return mediaType.endsWith('+zstd') ? 'zstd' : 'none';
}
