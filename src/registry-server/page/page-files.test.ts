import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '../testing/server.ts';

test('the page forbids itself what it does not need', async () => {
  await using server = await startTestServer({ page: join(import.meta.dirname, '../../registry-page') });
  const page = await server.ask('GET', '/');
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy') ?? '';
  for (const word of ["default-src 'none'", "frame-ancestors 'none'", "script-src 'self'"])
    assert.ok(policy.includes(word));
  assert.ok(!policy.includes('unsafe'));
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  const again = await server.ask('GET', '/', {
    headers: { 'If-None-Match': page.headers.get('etag') ?? '' },
  });
  assert.equal(again.status, 304);
  for (const path of ['/app.ts', '/../settings/tls.ts', '/%2e%2e/x', '/index.html/', '/token']) {
    assert.equal((await server.ask('GET', path)).status, 404, path);
  }
  assert.equal((await server.ask('POST', '/')).status, 405);
});
