import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base';
import { type Descriptor, mediaTypes, parseManifest } from '#oci';
import { encodePushedManifest } from './pushed-manifest.ts';

const config = { mediaType: mediaTypes.ociConfig, digest: digestOf('config'), size: 6 };
const gzip = { mediaType: mediaTypes.dockerGzipLayer, digest: digestOf('gzip'), size: 4 };
const ociGzip = { ...gzip, mediaType: `${mediaTypes.ociLayer}+gzip` };
const zstd = { mediaType: mediaTypes.ociZstdLayer, digest: digestOf('zstd'), size: 5 };
const plain = { mediaType: 'application/vnd.docker.image.rootfs.diff.tar', digest: digestOf('tar'), size: 3 };

function typesOf(layers: readonly Descriptor[]): string[] {
  const { mediaType, content } = encodePushedManifest(config, layers);
  const manifest = parseManifest(content);
  assert.equal(manifest.mediaType, mediaType);
  assert.equal(manifest.kind, 'manifest');
  if (manifest.kind !== 'manifest') return [];
  return [manifest.mediaType, manifest.config.mediaType, ...manifest.layers.map((layer) => layer.mediaType)];
}

test('encodePushedManifest() writes Docker’s manifest for gzip layers, whatever they were called', () => {
  const layer = mediaTypes.dockerGzipLayer;
  const types = [mediaTypes.dockerManifest, mediaTypes.dockerConfig, layer, layer];
  assert.deepEqual(typesOf([gzip, ociGzip]), types);
});

test('encodePushedManifest() writes OCI’s where Docker has no name for a layer, and calls all of them so', () => {
  const types = [mediaTypes.ociManifest, mediaTypes.ociConfig];
  const layers = [`${mediaTypes.ociLayer}+gzip`, mediaTypes.ociZstdLayer, mediaTypes.ociLayer];
  assert.deepEqual(typesOf([gzip, zstd, plain]), [...types, ...layers]);
});

test('encodePushedManifest() gives the same bytes for the same image', () => {
  const [first, second] = [1, 2].map(() => encodePushedManifest(config, [gzip, zstd]).content);
  assert.deepEqual(first, second);
});
