import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { mediaTypes, parseReference } from '#oci';
import { createRegistryClient } from './client.ts';
import { readStoredAuth } from './stored-auth.ts';
import { refuse, startFakeRegistry } from './testing/fake-registry.ts';

const signal = new AbortController().signal;
const manifest = '{"schemaVersion":2,"config":{},"layers":[]}';
const folder = mkdtempSync(join(tmpdir(), 'wt-credentials-'));
const file = join(folder, 'auth.json');
after(() => rmSync(folder, { recursive: true }));

test('mirrors get the client’s own credentials and never the user’s, the registry the user’s alone', async () => {
  await using mirror = await startFakeRegistry();
  await using origin = await startFakeRegistry();
  const wants = (user: string) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization === `Basic ${btoa(user)}`) return false;
    response.setHeader('WWW-Authenticate', 'Basic realm="x"');
    refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    return true;
  };
  mirror.misbehave(wants('daemon:own'));
  origin.misbehave(wants('ada:hers'));
  mirror.addManifest('1', manifest, mediaTypes.ociManifest);
  origin.addManifest('2', manifest, mediaTypes.ociManifest);
  const both = createRegistryClient({
    mirrors: [],
    registries: { [origin.address]: { mirrors: [`http://${mirror.address}/`] } },
    insecureRegistries: [],
    userAgent: 'test',
    credentialsFile: file,
  });
  const ada = { username: 'ada', password: 'hers' };
  const resolve = (tag: string) =>
    both.resolve(parseReference(`${origin.address}/image:${tag}`), ada, signal);
  await rm(file, { force: true });
  await assert.rejects(resolve('1'), /manifest for .* not found/);
  await writeFile(file, JSON.stringify({ auths: { [mirror.address]: { auth: btoa('daemon:own') } } }));
  await resolve('1');
  await resolve('2');
  const said = new Set([...mirror.seen, ...origin.seen].map(({ authorization }) => authorization));
  assert.deepEqual(said, new Set([undefined, `Basic ${btoa('daemon:own')}`, `Basic ${btoa('ada:hers')}`]));
  assert.ok(mirror.seen.every(({ authorization }) => authorization !== `Basic ${btoa('ada:hers')}`));
  assert.deepEqual(both.ownAuth(mirror.address), { username: 'daemon', password: 'own' });
  assert.equal(both.ownAuth(origin.address), undefined);
});

test('readStoredAuth() knows the Hub by its address, tokens, and entries that say nothing', async () => {
  const auths = {
    'https://index.docker.io/v1/': { auth: btoa('ada:a:b') },
    'reg.example:5000': { identitytoken: 'token' },
    'helper.example': {},
  };
  await writeFile(file, JSON.stringify({ auths, credsStore: 'x' }));
  assert.deepEqual(readStoredAuth(file, 'docker.io'), { username: 'ada', password: 'a:b' });
  assert.deepEqual(readStoredAuth(file, 'reg.example:5000'), { identityToken: 'token' });
  assert.equal(readStoredAuth(file, 'helper.example'), undefined);
  assert.equal(readStoredAuth(file, 'other.example'), undefined);
  await writeFile(file, '{');
  assert.throws(() => readStoredAuth(file, 'docker.io'), /credentials can't be read from .*auth\.json/);
});
