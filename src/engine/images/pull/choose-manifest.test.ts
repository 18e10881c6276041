import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, EngineError } from '#base';
import { type Descriptor, mediaTypes, parseImageConfig, parseManifest } from '#oci';
import type { RemoteRepository } from '#registry';
import { chooseManifest } from './choose-manifest.ts';
import { pairLayers, requireImageManifest } from './require-image.ts';

const signal = new AbortController().signal;
const amd64 = { os: 'linux', architecture: 'amd64' };

/** A repository of documents alone. */
function shelf() {
  const documents = new Map<string, Uint8Array>();
  const unused = () => {
    throw new Error('not in this test');
  };
  const repository: RemoteRepository = {
    async fetchDocument({ digest }) {
      const found = documents.get(digest);
      if (found === undefined) throw new EngineError('notFound', `no ${digest}`);
      return found;
    },
    findDigest: unused,
    fetchManifest: unused,
    fetchBlob: unused,
    listTags: unused,
  };
  const describe = (value: unknown, mediaType: string): Descriptor => {
    const content = Buffer.from(JSON.stringify(value));
    return { mediaType, digest: digestOf(content), size: content.length };
  };
  const add = (value: unknown, mediaType: string): Descriptor => {
    const descriptor = describe(value, mediaType);
    documents.set(descriptor.digest, Buffer.from(JSON.stringify(value)));
    return descriptor;
  };
  return { repository, add, describe };
}

const manifestOf = (config: Descriptor, layers: readonly Descriptor[] = []) => ({
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config,
  layers,
});
const indexOf = (manifests: readonly unknown[]) => ({
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests,
});
const parse = (value: unknown) => parseManifest(Buffer.from(JSON.stringify(value)));

/** An index's entry for an attestation. */
const about = (descriptor: Descriptor, subject: string) => ({
  ...descriptor,
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': subject,
  },
});

test('chooseManifest() goes through indexes of indexes, so far', async () => {
  const { repository, add } = shelf();
  const config = add({ os: 'linux' }, mediaTypes.ociConfig);
  let inner = add(manifestOf(config), mediaTypes.ociManifest);
  const wrap = () => add(indexOf([{ ...inner, platform: amd64 }]), mediaTypes.ociIndex);
  for (let depth = 0; depth < 3; depth++) inner = wrap();
  const top = parse(indexOf([{ ...inner, platform: amd64 }]));
  const chosen = await chooseManifest(repository, top, amd64, signal);
  assert.equal(chosen.manifest.config.digest, config.digest);
  assert.equal(chosen.documents.length, 4);
  inner = wrap();
  const deeper = parse(indexOf([{ ...inner, platform: amd64 }]));
  await assert.rejects(chooseManifest(repository, deeper, amd64, signal), /leads to too many others/);
});

test('chooseManifest() brings the attestations of the chosen manifest, those that are there', async () => {
  const { repository, add, describe } = shelf();
  const config = add({ os: 'linux' }, mediaTypes.ociConfig);
  const manifest = add(manifestOf(config), mediaTypes.ociManifest);
  const statement = add({ predicate: 'built' }, 'application/vnd.in-toto+json');
  const attestation = add(manifestOf(config, [statement]), mediaTypes.ociManifest);
  const gone = describe({ gone: true }, mediaTypes.ociManifest);
  const top = parse(
    indexOf([
      { ...manifest, platform: amd64 },
      about(attestation, manifest.digest),
      about(gone, manifest.digest),
      about(gone, digestOf('another manifest')),
    ]),
  );
  const { documents } = await chooseManifest(repository, top, amd64, signal);
  const kept = documents.map((document) => digestOf(document));
  assert.deepEqual(kept, [manifest.digest, attestation.digest, config.digest, statement.digest]);
});

test('chooseManifest() keeps no more of attestations in memory than is bounded', async () => {
  const { repository, add } = shelf();
  const config = add({ os: 'linux' }, mediaTypes.ociConfig);
  const manifest = add(manifestOf(config), mediaTypes.ociManifest);
  const long = add({ statement: 'x'.repeat(5 << 20) }, 'application/vnd.in-toto+json');
  const attestations = [...Array(4).keys()].map((number) => {
    const own = add({ number }, mediaTypes.ociConfig);
    return about(add(manifestOf(own, Array(50).fill(long)), mediaTypes.ociManifest), manifest.digest);
  });
  const top = parse(indexOf([{ ...manifest, platform: amd64 }, ...attestations]));
  const { documents } = await chooseManifest(repository, top, amd64, signal);
  const bytes = documents.reduce((sum, { length }) => sum + length, 0);
  assert.ok(bytes > 5 << 20 && bytes < 33 << 20, String(bytes));
});

test('chooseManifest() tells a platform that is not offered', async () => {
  const { repository } = shelf();
  await assert.rejects(chooseManifest(repository, parse(indexOf([])), amd64, signal), {
    message: 'no matching manifest for linux/amd64 in the manifest list entries',
  });
});

const descriptor = (mediaType: string): Descriptor => ({ mediaType, digest: digestOf(mediaType), size: 1 });

function requireOf(configType: string, layerType: string): () => void {
  const manifest = parse(manifestOf(descriptor(configType), [descriptor(layerType)]));
  return () => manifest.kind === 'manifest' && requireImageManifest(manifest);
}

const gzipLayer = 'application/vnd.oci.image.layer.v1.tar+gzip';

test('requireImageManifest() refuses what is no image, in Docker’s words', () => {
  requireOf(mediaTypes.ociConfig, gzipLayer)();
  requireOf('application/octet-stream', gzipLayer)();
  requireOf(mediaTypes.ociConfig, 'application/vnd.oci.image.layer.v1.tar+zstd')();
  assert.throws(requireOf('application/vnd.cncf.helm.config.v1+json', 'application/x'), {
    message: 'unsupported media type application/vnd.cncf.helm.config.v1+json',
  });
  assert.throws(requireOf(mediaTypes.ociConfig, 'application/x'), {
    message: 'unsupported media type application/x',
  });
  assert.throws(requireOf('application/vnd.docker.plugin.v1+json', gzipLayer), {
    message: 'Encountered remote "application/vnd.docker.plugin.v1+json"(plugin) when fetching',
  });
});

test('pairLayers() refuses other systems and configs that do not fit', () => {
  const manifest = parse(manifestOf(descriptor(mediaTypes.ociConfig), [descriptor(gzipLayer)]));
  assert.ok(manifest.kind === 'manifest');
  const pair = (os: string, diffIds: readonly string[]) => {
    const config = { os, architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffIds } };
    return pairLayers(manifest, parseImageConfig(Buffer.from(JSON.stringify(config))));
  };
  const diffId = digestOf('tar');
  assert.deepEqual(pair('linux', [diffId]), [{ diffId, descriptor: descriptor(gzipLayer) }]);
  assert.throws(() => pair('windows', [diffId]), /"windows" cannot be used on this platform/);
  assert.throws(() => pair('linux', []), /^EngineError: invalid rootfs in image configuration$/);
  assert.throws(() => pair('linux', Array(499).fill(diffId)), /^EngineError: max depth exceeded$/);
  assert.throws(
    () => pair('linux', [diffId, diffId]),
    /layers from manifest don't match image configuration/,
  );
});
