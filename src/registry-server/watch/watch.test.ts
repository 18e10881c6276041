import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '../testing/server.ts';
import { formatAuditLine } from './audit-log.ts';

const exchanged = {
  method: 'PUT',
  path: '/v2/team/app/manifests/v1',
  route: 'manifest',
  repository: 'team/app',
  user: 'ann',
  address: '192.0.2.7',
  status: 403,
  sentBytes: 0,
  durationMs: 1.6,
};

test('formatAuditLine() tells who did what, where, when and with what result', () => {
  assert.deepEqual(JSON.parse(formatAuditLine(new Date('2026-01-02T03:04:05Z'), exchanged)), {
    time: '2026-01-02T03:04:05.000Z',
    user: 'ann',
    address: '192.0.2.7',
    method: 'PUT',
    what: 'manifest',
    repository: 'team/app',
    path: '/v2/team/app/manifests/v1',
    status: 403,
    result: 'denied',
    bytes: 0,
    ms: 2,
  });
});

test('the audit log has a line a request, and goes on after it was moved away', async () => {
  await using server = await startTestServer();
  const path = join(server.folder, 'audit.log');
  await using audited = await startTestServer({ 'audit-log': path });
  await audited.pushImage('team/app', 'v1', 'layer');
  renameSync(path, `${path}.1`);
  audited.running.reload();
  await audited.ask('DELETE', '/v2/team/app/manifests/v1');
  await audited.running[Symbol.asyncDispose]();
  const read = (file: string) =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const pushed = read(`${path}.1`);
  assert.deepEqual(
    pushed.map(({ method, what, status }) => `${method} ${what} ${status}`),
    ['POST uploads 201', 'POST uploads 201', 'PUT manifest 201'],
  );
  assert.deepEqual(
    read(path).map(({ method, what, result }) => `${method} ${what} ${result}`),
    ['DELETE manifest done'],
  );
});

test('an audit log that can’t be opened anew goes on in its old file', async () => {
  await using server = await startTestServer();
  const folder = join(server.folder, 'logs');
  mkdirSync(folder);
  const path = join(folder, 'audit.log');
  await using audited = await startTestServer({ 'audit-log': path });
  renameSync(folder, `${folder}-away`);
  audited.running.reload();
  await audited.ask('GET', '/v2/');
  await audited.running[Symbol.asyncDispose]();
  assert.match(readFileSync(join(`${folder}-away`, 'audit.log'), 'utf8'), /"path":"\/v2\/"/);
});

test('figures are told at an address of their own', async () => {
  await using server = await startTestServer({ metrics: '127.0.0.1:0' });
  await server.pushImage('team/app', 'v1', 'layer');
  await server.ask('OPTIONS', '/v2/');
  const { port } = server.running.metricsPlace ?? {};
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  assert.match(text, /wharf_registry_requests_total\{route="manifest",method="PUT",status="201"\} 1\n/);
  assert.match(text, /method="other",status="405"\} 1\n/);
  assert.match(text, /wharf_registry_blobs 3\n/);
  assert.match(text, /wharf_registry_request_seconds_bucket\{le="\+Inf"\} 4\n/);
  for (const line of text.trim().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  assert.equal((await fetch(`http://127.0.0.1:${port}/v2/`)).status, 404);
  assert.equal((await server.ask('GET', '/metrics')).status, 404);
});
