import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeImage, pushImage } from './images.ts';
import { algorithms, freshBlob, pushBlob, type Subject } from './subject.ts';

const repository = 'conformance/management';

/** The category "Content Management" of the distribution specification. */
export function managementRules(subject: Subject): void {
  const status = async (method: string, path: string) =>
    (await subject.ask(method, `/v2/${repository}/${path}`)).status;

  describe('content management', () => {
    test('end-9: a tag is deleted, the manifest stays', async () => {
      const image = makeImage();
      await pushImage(subject, repository, image, 'gone');
      assert.equal(await status('DELETE', 'manifests/gone'), 202);
      assert.equal(await status('HEAD', 'manifests/gone'), 404);
      assert.equal(await status('HEAD', `manifests/${image.document.digest}`), 200);
      const tags = await subject.ask('GET', `/v2/${repository}/tags/list`);
      assert.ok(!(await tags.text()).includes('gone'));
    });

    for (const algorithm of algorithms) {
      test(`end-9: a manifest is deleted by its ${algorithm} digest, with its tags`, async () => {
        const image = makeImage({ algorithm });
        const { digest } = image.document;
        await pushImage(subject, repository, image, algorithm === 'sha256' ? 'tagged' : undefined);
        assert.equal(await status('DELETE', `manifests/${digest}`), 202);
        assert.equal(await status('GET', `manifests/${digest}`), 404);
        assert.equal(await status('GET', 'manifests/tagged'), 404);
        assert.equal(await status('DELETE', `manifests/${digest}`), 404);
      });

      test(`end-10: a blob is deleted by its ${algorithm} digest`, async () => {
        const blob = freshBlob(algorithm);
        await pushBlob(subject, repository, blob);
        assert.equal(await status('DELETE', `blobs/${blob.digest}`), 202);
        assert.equal(await status('GET', `blobs/${blob.digest}`), 404);
        assert.equal(await status('DELETE', `blobs/${blob.digest}`), 404);
      });
    }

    test('end-10: blobs of an image are deleted after its manifest', async () => {
      const image = makeImage();
      await pushImage(subject, repository, image);
      assert.equal(await status('DELETE', `manifests/${image.document.digest}`), 202);
      for (const { digest } of image.blobs) assert.equal(await status('DELETE', `blobs/${digest}`), 202);
    });
  });
}
