import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PluginDrivers } from '#engine/volumes';
import { createAuthority } from '../fixtures/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'wt-plugin-tls-'));
const authority = createAuthority(folder, 'authority');
const stranger = createAuthority(folder, 'stranger');
const files = { CAFile: authority.certificate, CertFile: '', KeyFile: '' };
let server: Server;
let address = '';

before(async () => {
  const { certificate, key } = authority.issue('plugin');
  const own = {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    ca: readFileSync(authority.certificate),
  };
  server = createServer({ ...own, requestCert: true, rejectUnauthorized: true }, (_, response) =>
    response.end(JSON.stringify({ Implements: ['VolumeDriver'], Capabilities: { Scope: 'global' } })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  assert.ok(bound !== null && typeof bound !== 'string');
  address = `https://127.0.0.1:${bound.port}`;
});
after(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** Asks for a plugin that is given by a JSON file. */
function find(name: string, TLSConfig?: object) {
  const Addr = address;
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ Name: name, Addr, TLSConfig }));
  return new PluginDrivers({ sockets: folder, specs: [folder] }).find(name);
}

test('a plugin is believed by its authority, and shown a certificate', async () => {
  const { certificate, key } = authority.issue('engine');
  const driver = await find('known', { ...files, CertFile: certificate, KeyFile: key });
  assert.deepEqual([driver.name, driver.scope], ['known', 'global']);
});

test('a plugin that nobody vouches for is not spoken to, unless that is wished', async () => {
  const { certificate, key } = authority.issue('careless');
  const own = { CertFile: certificate, KeyFile: key };
  await assert.rejects(find('unknown', { ...own, CAFile: stranger.certificate }), { kind: 'unavailable' });
  await assert.rejects(find('plain'), { kind: 'unavailable' });
  await assert.rejects(find('nameless', files), { kind: 'unavailable' });
  assert.equal((await find('careless', { ...own, InsecureSkipVerify: true })).name, 'careless');
});
