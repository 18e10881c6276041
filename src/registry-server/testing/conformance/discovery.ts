import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Image, makeImage, makeIndex, mediaType, pushImage, subjectOf } from './images.ts';
import { contentOf, type Subject } from './subject.ts';

const repository = 'conformance/discovery';

/** The category "Content Discovery" of the distribution specification. */
export function discoveryRules(subject: Subject): void {
  describe('content discovery', () => {
    tagRules(subject);
    referrerRules(subject);
  });
}

function tagRules(subject: Subject): void {
  const list = async (query = '') => {
    const response = await subject.ask('GET', `/v2/${repository}/tags/list${query}`);
    assert.equal(response.status, 200);
    const { name, tags } = JSON.parse(await response.text());
    assert.equal(name, repository);
    return { tags, link: response.headers.get('link') };
  };

  test('end-8a, end-8b: tags are listed in order, in pages, and after a name', async () => {
    const image = makeImage();
    const names = ['Z-first', 'a', 'b1', 'b10', 'b2', 'latest'];
    for (const name of names) await pushImage(subject, repository, image, name);
    assert.deepEqual((await list()).tags, names);
    assert.deepEqual((await list('?n=100')).tags, names);
    const page = await list('?n=2');
    assert.deepEqual(page.tags, names.slice(0, 2));
    const [, next = ''] = /^<([^>]+)>; *rel="next"$/.exec(page.link ?? '') ?? [];
    assert.deepEqual(JSON.parse(await (await subject.ask('GET', next)).text()).tags, names.slice(2, 4));
    assert.deepEqual((await list('?n=2&last=b10')).tags, ['b2', 'latest']);
    assert.deepEqual((await list('?last=b10')).tags, ['b2', 'latest']);
    assert.deepEqual((await list('?n=0')).tags, []);
  });
}

function referrerRules(subject: Subject): void {
  const listed = async (digest: string, query = '') => {
    const response = await subject.ask('GET', `/v2/${repository}/referrers/${digest}${query}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), mediaType.index);
    const { schemaVersion, mediaType: type, manifests } = JSON.parse(await response.text());
    assert.deepEqual([schemaVersion, type], [2, mediaType.index]);
    return { manifests, filtered: response.headers.get('oci-filters-applied') };
  };
  const digests = (manifests: readonly { digest: string }[]) => manifests.map(({ digest }) => digest).sort();

  test('end-12a: of what nobody refers to there is an empty list', async () => {
    assert.deepEqual((await listed(contentOf('nobody').digest)).manifests, []);
    assert.deepEqual((await listed(contentOf('nobody', 'sha512').digest)).manifests, []);
  });

  test('end-12a: referrers are told with their type, their annotations and their size', async () => {
    const base = makeImage();
    const annotations = { 'org.example.note': 'hello' };
    const referrers = [
      makeImage({ fields: subjectOf(base) }),
      makeImage({ fields: { ...subjectOf(base), annotations, artifactType: mediaType.artifact } }),
      makeIndex([], { ...subjectOf(base), annotations, artifactType: mediaType.artifact }),
    ];
    for (const image of [...referrers, base]) await pushImage(subject, repository, image);
    const { manifests } = await listed(base.document.digest);
    assert.deepEqual(digests(manifests), digests(referrers.map(({ document }) => document)));
    const expected = [
      { artifactType: mediaType.config },
      ...referrers.slice(1).map(() => ({ annotations, artifactType: mediaType.artifact })),
    ];
    for (const [place, image] of referrers.entries()) {
      const found = manifests.find(({ digest }: { digest: string }) => digest === image.document.digest);
      assert.deepEqual(found, { ...described(image), ...expected[place] });
    }
  });

  test('end-12b: referrers of one type', async () => {
    const base = makeImage();
    const types = [mediaType.artifact, 'application/vnd.example.other'];
    const referrers = types.map((artifactType) =>
      makeImage({ fields: { ...subjectOf(base), artifactType } }),
    );
    for (const image of referrers) await pushImage(subject, repository, image);
    for (const [place, type] of types.entries()) {
      const { manifests, filtered } = await listed(base.document.digest, `?artifactType=${type}`);
      assert.deepEqual(digests(manifests), [referrers[place]?.document.digest]);
      assert.equal(filtered, 'artifactType');
    }
  });

  test('end-12a: a referrer that is deleted refers no more', async () => {
    const base = makeImage();
    const referrer = makeImage({ fields: subjectOf(base) });
    await pushImage(subject, repository, referrer);
    await subject.ask('DELETE', `/v2/${repository}/manifests/${referrer.document.digest}`);
    assert.deepEqual((await listed(base.document.digest)).manifests, []);
  });
}

function described({ mediaType: type, document }: Image): object {
  return { mediaType: type, digest: document.digest, size: document.bytes.length };
}
