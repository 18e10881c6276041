import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageConfig } from './image-config.ts';
import { parseManifest } from './manifest.ts';
import { isLayerType, mediaTypes } from './media-types.ts';

const digest = `sha256:${'b'.repeat(64)}`;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value));

test('parseManifest() goes by the document’s own media type, then by how it was served, then by its shape', () => {
  const config = { mediaType: mediaTypes.ociConfig, digest, size: 2 };
  const own = { mediaType: mediaTypes.dockerManifest, config, layers: [] };
  assert.equal(parseManifest(encode(own), 'text/plain').mediaType, mediaTypes.dockerManifest);
  const bare = { config, layers: [] };
  assert.equal(parseManifest(encode(bare), mediaTypes.dockerManifest).mediaType, mediaTypes.dockerManifest);
  assert.equal(parseManifest(encode(bare)).mediaType, mediaTypes.ociManifest);
  assert.equal(parseManifest(encode({ manifests: [] })).kind, 'index');
});

test('parseManifest() refuses what it cannot read', () => {
  assert.throws(() => parseManifest(Buffer.from('{')), /not JSON/);
  assert.throws(() => parseManifest(encode({ schemaVersion: 1 })), /schema 1 has been removed/);
  assert.throws(() => parseManifest(encode({ schemaVersion: 2 })), /unsupported manifest media type/);
  const bad = { mediaType: mediaTypes.ociIndex, manifests: [{ digest: 'md5:1', size: 1 }] };
  assert.throws(() => parseManifest(encode(bad)), /invalid digest/);
  const negative = { mediaType: mediaTypes.ociIndex, manifests: [{ digest, size: -1 }] };
  assert.throws(() => parseManifest(encode(negative)), /invalid size/);
});

test('parseImageConfig() drops what is null or empty and keeps empty lists', () => {
  const { config, os, history } = parseImageConfig(
    encode({ config: { User: '', Env: null, Cmd: ['sh'], Entrypoint: [], ExposedPorts: { '80/tcp': {} } } }),
  );
  assert.deepEqual(config, { Cmd: ['sh'], Entrypoint: [], ExposedPorts: { '80/tcp': {} } });
  assert.deepEqual([os, history], ['linux', []]);
});

test('parseImageConfig() refuses diffIDs that are none', () => {
  assert.throws(() => parseImageConfig(encode({ rootfs: { diff_ids: ['../x'] } })), /invalid layer diffID/);
});

test('isLayerType() knows Docker’s and OCI’s layers in each compression', () => {
  const layers = [
    'vnd.oci.image.layer.v1.tar',
    'vnd.oci.image.layer.v1.tar+zstd',
    'vnd.docker.image.rootfs.diff.tar.gzip',
  ];
  for (const type of layers) assert.equal(isLayerType(`application/${type}`), true, type);
  assert.equal(isLayerType('application/vnd.in-toto+json'), false);
});
