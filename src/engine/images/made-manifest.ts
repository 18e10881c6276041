import { type Digest, digestOf, EngineError } from '#base';
import { type Descriptor, type ImageConfigFile, mediaTypes } from '#oci';
import type { Layers } from '#store/snapshots';

export interface MadeManifest {
  readonly content: Uint8Array;
  readonly descriptor: Descriptor;
}

/**
 * The manifest of an image that came without one: its layers are named as they are here, uncompressed. The same image
 * always gets the same bytes.
 * @throws EngineError corrupt, for a layer that is not here
 */
export function makeManifest(
  configBytes: Uint8Array,
  { rootfs }: ImageConfigFile,
  layers: Pick<Layers, 'get'>,
): MadeManifest {
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(mediaTypes.ociConfig, digestOf(configBytes), configBytes.length),
    layers: rootfs.diff_ids.map((diffId) => {
      const layer = layers.get(diffId);
      if (layer === undefined) throw new EngineError('corrupt', `layer ${diffId} not found`);
      return describe(mediaTypes.ociLayer, diffId, layer.tarBytes);
    }),
  };
  const content = Buffer.from(JSON.stringify(manifest));
  return { content, descriptor: describe(manifest.mediaType, digestOf(content), content.length) };
}

function describe(mediaType: string, digest: Digest, size: number): Descriptor {
  return { mediaType, digest, size };
}
