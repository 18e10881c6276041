import { type ApiVersion, type OciDescriptor, sinceMinor } from '#api';
import type { Digest } from '#base';
import type { Images } from '#engine/images';
import { encodeDescriptor } from './manifest-encode.ts';

interface ManifestField {
  readonly ImageManifestDescriptor?: OciDescriptor;
}

/** What a container tells of its image's manifest since API 1.48, unless the image is gone; each looked up once. */
export function manifestFields(
  images: Pick<Images, 'manifestOf'>,
  version: ApiVersion,
): (imageId: Digest | '') => ManifestField {
  const known = new Map<Digest | '', ManifestField>();
  if (!sinceMinor(version, 48)) return () => ({});
  return (imageId) => {
    const field = known.get(imageId) ?? (imageId === '' ? {} : lookUp(images, imageId));
    known.set(imageId, field);
    return field;
  };
}

function lookUp(images: Pick<Images, 'manifestOf'>, imageId: Digest): ManifestField {
  const manifest = images.manifestOf(imageId);
  return manifest === undefined ? {} : { ImageManifestDescriptor: encodeDescriptor(manifest) };
}
