import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Algorithm,
  algorithms,
  beginUpload,
  contentOf,
  errorCodes,
  expectCreated,
  freshBlob,
  locationOf,
  pushBlob,
  type Subject,
  withQuery,
} from './subject.ts';

const repository = 'conformance/push';
const other = 'conformance/push-source';

/** The category "Push" of the distribution specification, as far as it is about blobs. */
export function pushBlobRules(subject: Subject): void {
  for (const algorithm of algorithms) {
    describe(`push of blobs by ${algorithm}`, () => {
      wholeBlobRules(subject, algorithm);
      chunkRules(subject, algorithm);
      mountRules(subject, algorithm);
    });
  }
}

function wholeBlobRules(subject: Subject, algorithm: Algorithm): void {
  test('end-4b: in one request', async () => {
    const blob = freshBlob(algorithm);
    const path = `/v2/${repository}/blobs/uploads/?digest=${blob.digest}`;
    await expectCreated(subject, await subject.ask('POST', path, { body: blob.bytes }), blob);
  });

  test('end-4a, end-6: in two requests', async () => {
    for (const blob of [freshBlob(algorithm), contentOf('', algorithm), contentOf('{}', algorithm)]) {
      await pushBlob(subject, repository, blob);
    }
  });

  test('end-4b, end-6: bytes with another digest are refused and not kept', async () => {
    const { digest } = freshBlob(algorithm);
    const one = await subject.ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: 'x' });
    assert.deepEqual([one.status, await errorCodes(one)], [400, ['DIGEST_INVALID']]);
    const place = withQuery(await beginUpload(subject, repository), 'digest', digest);
    const two = await subject.ask('PUT', place, { body: 'x' });
    assert.deepEqual([two.status, await errorCodes(two)], [400, ['DIGEST_INVALID']]);
    assert.equal((await subject.ask('HEAD', `/v2/${repository}/blobs/${digest}`)).status, 404);
  });
}

function chunkRules(subject: Subject, algorithm: Algorithm): void {
  const patch = (place: string, blob: Buffer, first: number, end: number) => {
    const headers = { 'Content-Range': `${first}-${end - 1}` };
    return subject.ask('PATCH', place, { body: blob.subarray(first, end), headers });
  };

  for (const lastBy of ['PATCH', 'PUT']) {
    test(`end-5, end-13: in chunks, of which ${lastBy} brings the last`, async () => {
      const blob = freshBlob(algorithm, 3000);
      let place = await beginUpload(subject, repository);
      const patched = lastBy === 'PATCH' ? 3000 : 2000;
      for (let first = 0; first < patched; first += 1000) {
        const response = await patch(place, blob.bytes, first, first + 1000);
        assert.equal(response.status, 202);
        assert.equal(response.headers.get('range'), `0-${first + 999}`);
        place = locationOf(response);
        const state = await subject.ask('GET', place);
        assert.deepEqual([state.status, state.headers.get('range')], [204, `0-${first + 999}`]);
      }
      const headers: Record<string, string> = lastBy === 'PUT' ? { 'Content-Range': '2000-2999' } : {};
      const body = blob.bytes.subarray(patched);
      const end = await subject.ask('PUT', withQuery(place, 'digest', blob.digest), { body, headers });
      await expectCreated(subject, end, blob);
    });
  }

  test('end-5: as a stream without lengths', async () => {
    const blob = freshBlob(algorithm);
    const response = await subject.ask('PATCH', await beginUpload(subject, repository), { body: blob.bytes });
    assert.equal(response.status, 202);
    const end = await subject.ask('PUT', withQuery(locationOf(response), 'digest', blob.digest));
    await expectCreated(subject, end, blob);
  });

  test('end-5: a chunk out of order is refused, and the upload goes on where it was', async () => {
    const blob = freshBlob(algorithm, 3000);
    const start = await beginUpload(subject, repository);
    assert.equal((await patch(start, blob.bytes, 1000, 2000)).status, 416);
    const first = await patch(start, blob.bytes, 0, 1000);
    assert.equal(first.status, 202);
    const again = await patch(locationOf(first), blob.bytes, 0, 1000);
    assert.deepEqual([again.status, again.headers.get('range')], [416, '0-999']);
    const state = await subject.ask('GET', locationOf(again));
    assert.deepEqual([state.status, state.headers.get('range')], [204, '0-999']);
    const rest = await patch(locationOf(state), blob.bytes, 1000, 3000);
    const end = await subject.ask('PUT', withQuery(locationOf(rest), 'digest', blob.digest));
    await expectCreated(subject, end, blob);
  });

  test('an upload that was given up is unknown', async () => {
    const place = await beginUpload(subject, repository);
    assert.equal((await subject.ask('DELETE', place)).status, 204);
    assert.equal((await subject.ask('GET', place)).status, 404);
  });
}

function mountRules(subject: Subject, algorithm: Algorithm): void {
  const mount = (digest: string, from: string) =>
    subject.ask('POST', `/v2/${repository}/blobs/uploads/?mount=${digest}${from}`);

  test('end-11: a blob of another repository is mounted, also of one that is not named', async () => {
    for (const from of [`&from=${other}`, '']) {
      const blob = freshBlob(algorithm);
      await pushBlob(subject, other, blob);
      await expectCreated(subject, await mount(blob.digest, from), blob);
    }
  });

  test('end-11: what is not there to be mounted is to be uploaded', async () => {
    const blob = freshBlob(algorithm);
    const response = await mount(blob.digest, `&from=${other}`);
    assert.equal(response.status, 202);
    const place = withQuery(locationOf(response), 'digest', blob.digest);
    await expectCreated(subject, await subject.ask('PUT', place, { body: blob.bytes }), blob);
  });
}
