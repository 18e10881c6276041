import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference } from '#oci';
import { createRegistryClient } from './client.ts';
import { startFakeRegistry } from './testing/fake-registry.ts';

const signal = new AbortController().signal;

test('listTags() goes from page to page, and leaves out what can be no tag', async () => {
  await using registry = await startFakeRegistry();
  registry.misbehave(({ url = '' }, response) => {
    const isLast = url.endsWith('last=b');
    const tags = isLast ? ['c', 7, '', '../../other/manifests/d', 'sha256:e'] : ['a', 'b'];
    if (!isLast) response.setHeader('Link', '</v2/some/image/tags/list?n=2&last=b>; rel="next"');
    response.end(JSON.stringify({ name: 'some/image', tags }));
    return true;
  });
  const client = createRegistryClient({ mirrors: [], insecureRegistries: [], userAgent: 'test' });
  const repository = client.repository(parseReference(`${registry.address}/some/image`), undefined);
  assert.deepEqual(await repository.listTags(signal), ['a', 'b', 'c']);
  client.close();
});
