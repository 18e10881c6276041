import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Image, makeImage, makeIndex, mediaType, pushImage, putManifest, subjectOf } from './images.ts';
import { contentOf, errorCodes, freshBlob, locationOf, pushBlob, type Subject } from './subject.ts';

const repository = 'conformance/manifests';

/** What a registry has to take, each as images in the order in which they are pushed. */
const accepted: Readonly<Record<string, () => readonly Image[]>> = {
  'an image': () => [makeImage()],
  'an image of sha512': () => [makeImage({ algorithm: 'sha512' })],
  'an image without layers': () => [makeImage({ layers: 0 })],
  'an artifact': () => [makeImage({ fields: { artifactType: mediaType.artifact }, layers: 1 })],
  'fields that nobody knows': () => [
    makeImage({ fields: { custom: [1, { deep: true }] }, describe: () => ({ custom: 'x' }) }),
  ],
  'descriptors with data': () => [
    makeImage({ describe: ({ bytes }) => ({ data: bytes.toString('base64') }) }),
  ],
  'a manifest of nearly four megabytes': () => {
    const entries = Array.from({ length: 390 }, (_, place) => [`large-${place}`, 'A'.repeat(10_000)]);
    return [makeImage({ fields: { annotations: Object.fromEntries(entries) } })];
  },
  'layers that are kept elsewhere': () => {
    const { digest } = freshBlob();
    const layer = {
      mediaType: mediaType.foreignLayer,
      digest,
      size: 12_345,
      urls: ['https://store.example/x'],
    };
    return [makeImage({ fields: { layers: [layer] } })];
  },
  'a subject that is not there': () => [makeImage({ fields: subjectOf(makeImage()) })],
  'an index': () => withIndex([makeImage(), makeImage()]),
  'an index of sha512': () => {
    const parts = [makeImage({ algorithm: 'sha512' })];
    return [...parts, makeIndex(parts, {}, 'sha512')];
  },
  'an empty index': () => [makeIndex([])],
  'an index of indexes': () => {
    const [one, two] = [withIndex([makeImage()]), withIndex([makeImage()])];
    return [...one, ...two, makeIndex([...one.slice(-1), ...two.slice(-1)])];
  },
};

function withIndex(images: readonly Image[]): readonly Image[] {
  return [...images, makeIndex(images)];
}

/** The category "Push" of the distribution specification, as far as it is about manifests. */
export function pushManifestRules(subject: Subject): void {
  describe('push of manifests', () => {
    for (const [name, make] of Object.entries(accepted)) {
      test(`end-7: ${name}`, async () => {
        for (const image of make()) await expectStored(subject, image);
      });
    }

    test('end-7: by tag; the tag then means what was pushed last', async () => {
      for (const image of [makeImage(), makeImage()]) {
        await pushImage(subject, repository, image, 'moving');
        const response = await subject.ask('HEAD', `/v2/${repository}/manifests/moving`);
        assert.equal(response.headers.get('docker-content-digest'), image.document.digest);
      }
    });

    test('end-7: a subject is confirmed', async () => {
      const base = makeImage();
      await pushImage(subject, repository, base);
      const image = makeImage({ fields: subjectOf(base) });
      for (const blob of image.blobs) await pushBlob(subject, repository, blob);
      const response = await putManifest(subject, repository, image, image.document.digest);
      assert.equal(response.headers.get('oci-subject'), base.document.digest);
    });

    test('end-7: bytes with another digest, and malformed digests, are refused', async () => {
      const image = makeImage();
      for (const blob of image.blobs) await pushBlob(subject, repository, blob);
      for (const digest of [contentOf('other').digest, contentOf('other', 'sha512').digest, 'sha256:bad']) {
        const response = await putManifest(subject, repository, image, digest);
        assert.deepEqual([response.status, await errorCodes(response)], [400, ['DIGEST_INVALID']]);
      }
    });

    test('end-7: a manifest of blobs that are not there is refused', async () => {
      const image = makeImage();
      const response = await putManifest(subject, repository, image, 'broken');
      assert.deepEqual([response.status, await errorCodes(response)], [400, ['MANIFEST_BLOB_UNKNOWN']]);
      assert.equal((await subject.ask('HEAD', `/v2/${repository}/manifests/broken`)).status, 404);
    });
  });
}

async function expectStored(subject: Subject, image: Image): Promise<void> {
  for (const blob of image.blobs) await pushBlob(subject, repository, blob);
  const { digest, bytes } = image.document;
  const response = await putManifest(subject, repository, image, digest);
  assert.equal(response.status, 201, await response.text());
  assert.equal(response.headers.get('docker-content-digest'), digest);
  const headers = { Accept: image.mediaType };
  const stored = await subject.ask('GET', locationOf(response), { headers });
  assert.deepEqual([stored.status, stored.headers.get('content-type')], [200, image.mediaType]);
  assert.ok(Buffer.from(await stored.arrayBuffer()).equals(bytes));
}
