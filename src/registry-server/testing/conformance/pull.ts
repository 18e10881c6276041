import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeImage, pushImage } from './images.ts';
import { algorithms, contentOf, errorCodes, freshBlob, pushBlob, type Subject } from './subject.ts';

const repository = 'conformance/pull';

/** The category "Pull" of the distribution specification. */
export function pullRules(subject: Subject): void {
  describe('pull', () => {
    test('end-1: the registry speaks the specification', async () => {
      assert.equal((await subject.ask('GET', '/v2/')).status, 200);
    });

    for (const algorithm of algorithms) {
      test(`end-2: a blob is told and given by its ${algorithm} digest`, async () => {
        const blob = freshBlob(algorithm);
        await pushBlob(subject, repository, blob);
        for (const method of ['HEAD', 'GET']) {
          const response = await subject.ask(method, `/v2/${repository}/blobs/${blob.digest}`);
          assert.equal(response.status, 200);
          assert.equal(response.headers.get('content-length'), String(blob.bytes.length));
          assert.equal(response.headers.get('docker-content-digest'), blob.digest);
          const body = Buffer.from(await response.arrayBuffer());
          assert.ok(body.equals(method === 'GET' ? blob.bytes : Buffer.alloc(0)));
        }
      });
    }

    test('end-2: a blob is given in parts', async () => {
      const blob = freshBlob('sha256', 2048);
      await pushBlob(subject, repository, blob);
      const parts = { '500-1499': [500, 1500], '500-': [500, 2048], '-500': [1548, 2048] };
      for (const [range, [start = 0, end = 0]] of Object.entries(parts)) {
        const headers = { Range: `bytes=${range}` };
        const response = await subject.ask('GET', `/v2/${repository}/blobs/${blob.digest}`, { headers });
        assert.equal(response.status, 206);
        assert.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/2048`);
        assert.ok(Buffer.from(await response.arrayBuffer()).equals(blob.bytes.subarray(start, end)));
      }
      for (const range of ['500-0', '5000-10000']) {
        const headers = { Range: `bytes=${range}` };
        const response = await subject.ask('GET', `/v2/${repository}/blobs/${blob.digest}`, { headers });
        assert.equal(response.status, 416, range);
      }
    });

    for (const algorithm of algorithms) {
      test(`end-3: a manifest is told and given by tag and ${algorithm} digest, byte for byte`, async () => {
        const image = makeImage({ algorithm });
        const { digest, bytes } = image.document;
        await pushImage(subject, repository, image, algorithm === 'sha256' ? 'pulled' : undefined);
        for (const name of algorithm === 'sha256' ? ['pulled', digest] : [digest]) {
          for (const method of ['HEAD', 'GET']) {
            const headers = { Accept: image.mediaType };
            const response = await subject.ask(method, `/v2/${repository}/manifests/${name}`, { headers });
            assert.equal(response.status, 200);
            assert.equal(response.headers.get('content-type'), image.mediaType);
            assert.equal(response.headers.get('content-length'), String(bytes.length));
            assert.equal(response.headers.get('docker-content-digest'), digest);
            const body = Buffer.from(await response.arrayBuffer());
            assert.ok(body.equals(method === 'GET' ? bytes : Buffer.alloc(0)));
          }
        }
      });
    }

    test('end-2, end-3: what is not there is told so', async () => {
      const absent = contentOf('absent').digest;
      const blob = await subject.ask('GET', `/v2/${repository}/blobs/${absent}`);
      assert.deepEqual([blob.status, await errorCodes(blob)], [404, ['BLOB_UNKNOWN']]);
      for (const name of [absent, 'no-such-tag']) {
        const manifest = await subject.ask('GET', `/v2/${repository}/manifests/${name}`);
        assert.deepEqual([manifest.status, await errorCodes(manifest)], [404, ['MANIFEST_UNKNOWN']]);
        assert.equal((await subject.ask('HEAD', `/v2/${repository}/manifests/${name}`)).status, 404);
      }
      const nowhere = await subject.ask('GET', '/v2/conformance/nowhere/manifests/latest');
      assert.deepEqual([nowhere.status, await errorCodes(nowhere)], [404, ['NAME_UNKNOWN']]);
    });

    test('end-2, end-3: a malformed digest is no name', async () => {
      for (const path of ['blobs', 'manifests']) {
        const response = await subject.ask('GET', `/v2/${repository}/${path}/sha256:baddigeststring`);
        assert.ok([400, 404].includes(response.status));
      }
    });
  });
}
