import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base';
import { hostPlatform, mediaTypes } from '#oci';
import { readDockerArchive } from './docker-archive.ts';
import { readOciLayout } from './oci-layout.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value));

test('readDockerArchive() reads images with and without names', () => {
  const [named, bare] = readDockerArchive(
    encode([
      { Config: 'c.json', RepoTags: ['a:1'], Layers: ['l/layer.tar'] },
      { Config: 'd.json', RepoTags: null, Layers: null },
    ]),
  );
  assert.deepEqual(named, { configPath: 'c.json', layerPaths: ['l/layer.tar'], tags: ['a:1'] });
  assert.deepEqual(bare, { configPath: 'd.json', layerPaths: [], tags: [] });
});

test('readDockerArchive() refuses what is malformed', () => {
  assert.throws(() => readDockerArchive(Buffer.from('{')), /not JSON/);
  assert.throws(() => readDockerArchive(encode({})), /not a list/);
  assert.throws(() => readDockerArchive(encode([{ Config: 1 }])), /malformed/);
  assert.throws(() => readDockerArchive(encode([null])), /malformed/);
  const pinned = { Config: 'c.json', RepoTags: [`a@${digestOf('other')}`], Layers: [] };
  assert.throws(() => readDockerArchive(encode([pinned])), /invalid tag "a@sha256:/);
});

/** Documents of a layout, by path, as its writer puts them. */
function layout() {
  const documents = new Map<string, Uint8Array>();
  const add = (mediaType: string, value: unknown) => {
    const content = encode(value);
    const digest = digestOf(content);
    documents.set(`blobs/sha256/${digest.slice(7)}`, content);
    return { mediaType, digest, size: content.length };
  };
  const config = add(mediaTypes.ociConfig, {});
  const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf('layer'), size: 1 };
  const manifest = add(mediaTypes.ociManifest, {
    mediaType: mediaTypes.ociManifest,
    config,
    layers: [layer],
  });
  return { documents, add, manifest, config, layer };
}

test('readOciLayout() finds an image and its name', () => {
  const { documents, manifest, config, layer } = layout();
  const annotations = { 'io.containerd.image.name': 'docker.io/library/a:1' };
  const index = encode({ manifests: [{ ...manifest, annotations }] });
  assert.deepEqual(readOciLayout(index, documents), [
    {
      configPath: `blobs/sha256/${config.digest.slice(7)}`,
      layerPaths: [`blobs/sha256/${digestOf('layer').slice(7)}`],
      tags: ['docker.io/library/a:1'],
      manifest: {
        target: manifest,
        documentPaths: [`blobs/sha256/${manifest.digest.slice(7)}`],
        layers: [layer],
      },
    },
  ]);
});

test('readOciLayout() takes a name with a digest only for what has this digest', () => {
  const { documents, manifest } = layout();
  const tagsOf = (name: string) => {
    const annotations = { 'io.containerd.image.name': name };
    return readOciLayout(encode({ manifests: [{ ...manifest, annotations }] }), documents)[0]?.tags;
  };
  const own = `docker.io/library/a@${manifest.digest}`;
  assert.deepEqual(tagsOf(own), [own]);
  assert.deepEqual(tagsOf(`docker.io/library/a@${digestOf('other')}`), []);
});

test('readOciLayout() goes through a nested index to every platform, past attestations that are kept with them', () => {
  const { documents, add, manifest } = layout();
  const attestation = add(mediaTypes.ociManifest, {
    mediaType: mediaTypes.ociManifest,
    config: manifest,
    layers: [{ mediaType: 'application/vnd.in-toto+json', digest: digestOf('x'), size: 1 }],
  });
  const other = add('application/vnd.example.thing', { thing: true });
  const nested = add(mediaTypes.ociIndex, {
    mediaType: mediaTypes.ociIndex,
    manifests: [
      other,
      { ...attestation, platform: { os: 'unknown', architecture: 'unknown' } },
      { ...manifest, platform: hostPlatform() },
    ],
  });
  const [image, ...others] = readOciLayout(encode({ manifests: [nested, attestation] }), documents);
  assert.deepEqual(others, []);
  assert.deepEqual(image?.manifest?.target, nested);
  const paths = [nested, manifest, attestation].map(({ digest }) => `blobs/sha256/${digest.slice(7)}`);
  assert.deepEqual([...(image?.manifest?.documentPaths ?? [])].sort(), paths.sort());
});
