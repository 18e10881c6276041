import assert from 'node:assert/strict';
import { digestOf } from '#base';
import { type Descriptor, hostPlatform, mediaTypes } from '#oci';
import { encodeConfig, type Harbour, tagName } from './harbour.ts';

/** This machine's architecture, and another one. */
export const native = hostPlatform().architecture;
export const foreign = native === 'arm64' ? 'amd64' : 'arm64';

export interface Published {
  readonly target: Descriptor;
  readonly index: Buffer;
  /** By architecture. */
  readonly images: ReadonlyMap<string, { readonly config: Buffer; readonly manifest: Buffer }>;
}

/** An index as a registry has it: an image for each architecture, and an attestation of the first one. */
export function publish(salt = ''): Published {
  const images = new Map(
    [foreign, native, 's390x'].map((architecture) => {
      const config = encodeConfig({ architecture, layers: [`${architecture}${salt}`] });
      const layer = { mediaType: mediaTypes.ociLayer, digest: digestOf('wire'), size: 5 };
      const described = describe(mediaTypes.ociConfig, config);
      return [architecture, { config, manifest: document({ config: described, layers: [layer] }) }];
    }),
  );
  const manifests = [...images].map(([architecture, { manifest }]) => ({
    ...describe(mediaTypes.ociManifest, manifest),
    platform: { os: 'linux', architecture },
  }));
  const attestation = {
    ...describe(mediaTypes.ociManifest, Buffer.from('{}')),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': String(manifests[0]?.digest),
    },
  };
  const index = document({ mediaType: mediaTypes.ociIndex, manifests: [...manifests, attestation] });
  return { index, images, target: describe(mediaTypes.ociIndex, index) };
}

function document(value: object): Buffer {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, ...value }));
}

export function describe(mediaType: string, content: Buffer): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

/** Takes one platform in, as a pull does. */
export async function bring({ intake }: Harbour, from: Published, architecture: string, ...names: string[]) {
  const image = from.images.get(architecture);
  assert.ok(image);
  const { target, index } = from;
  const documents = [index, image.manifest];
  return intake.register({ config: image.config, documents, target, names: names.map(tagName) });
}
