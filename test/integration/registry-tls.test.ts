/** What a registry's TLS connections believe and show, with certificates that openssl makes. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readHostCertificates, type Trust } from '../../src/registry/http/trust.ts';
import {
  fails,
  get,
  impatientTransport,
  listen,
  systemTrust,
  text,
} from '../../src/registry/testing/transport-rig.ts';
import { type Authority, createAuthority } from '../fixtures/certificates.ts';

const hello = (_: IncomingMessage, response: ServerResponse) => void response.end('hello');

describe('TLS', () => {
  let folder: string;
  let authority: Authority;
  let files: { readonly cert: Buffer; readonly key: Buffer };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wharf-test-transport-'));
    authority = createAuthority(folder, 'authority');
    const issued = authority.issue('server');
    files = { cert: readFileSync(issued.certificate), key: readFileSync(issued.key) };
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Fills a folder of certs.d for a host. */
  function trust(host: string, client?: { certificate: string; key: string }): Trust {
    mkdirSync(join(folder, 'certs.d', host), { recursive: true });
    const place = (name: string) => join(folder, 'certs.d', host, name);
    writeFileSync(place('ca.crt'), readFileSync(authority.certificate));
    if (client !== undefined) {
      writeFileSync(place('client.cert'), readFileSync(client.certificate));
      writeFileSync(place('client.key'), readFileSync(client.key));
    }
    return { anyCertificate: false, certificates: readHostCertificates(join(folder, 'certs.d'), host) };
  }

  test('a certificate of an unknown authority is refused, unless any will do or certs.d has the authority', async () => {
    await using server = await listen(createSecure(files, hello));
    const url = `https://127.0.0.1:${server.port}/`;
    await assert.rejects(get(url), fails(/^Get ".*x509: certificate signed by unknown authority$/));
    assert.equal(await text(await get(url, { trust: { ...systemTrust, anyCertificate: true } })), 'hello');
    assert.equal(await text(await get(url, { trust: trust('plain') })), 'hello');
  });

  test('the authorities of this machine are believed, all of their file', async () => {
    const others = ['first', 'last'].map((name) => createAuthority(folder, name));
    const [first, last] = others.map(({ certificate }) => readFileSync(certificate, 'utf8'));
    writeFileSync(`${folder}/bundle`, [first, readFileSync(authority.certificate, 'utf8'), last].join('\n'));
    const before = process.env.SSL_CERT_FILE;
    process.env.SSL_CERT_FILE = `${folder}/bundle`;
    try {
      await using server = await listen(createSecure(files, hello));
      const url = `https://127.0.0.1:${server.port}/`;
      const trusted = { anyCertificate: false, certificates: { authorities: [], client: undefined } };
      assert.equal(await text(await get(url, { trust: trusted })), 'hello');
    } finally {
      if (before === undefined) delete process.env.SSL_CERT_FILE;
      else process.env.SSL_CERT_FILE = before;
    }
  });

  test('a registry that wants a client’s certificate gets the one of certs.d', async () => {
    const ca = readFileSync(authority.certificate);
    const options = { ...files, ca, requestCert: true, rejectUnauthorized: true };
    await using server = await listen(createSecure(options, hello));
    const url = `https://127.0.0.1:${server.port}/`;
    await assert.rejects(get(url, { trust: trust('nobody') }), fails(/certificate required|EOF/));
    assert.equal(await text(await get(url, { trust: trust('known', authority.issue('client')) })), 'hello');
  });

  test('half of a client’s pair is an error', () => {
    mkdirSync(join(folder, 'certs.d', 'half'), { recursive: true });
    writeFileSync(join(folder, 'certs.d', 'half', 'me.cert'), '');
    assert.throws(() => readHostCertificates(join(folder, 'certs.d'), 'half'), {
      message:
        'missing key me.key for client certificate me.cert. CA certificates must use the extension .crt',
    });
    assert.equal(readHostCertificates(join(folder, 'certs.d'), 'none'), undefined);
  });

  test('plain HTTP where TLS is spoken, and the other way round, is told', async () => {
    await using plain = await listen(createPlain(hello));
    await assert.rejects(
      get(`https://127.0.0.1:${plain.port}/`),
      fails(/http: server gave HTTP response to HTTPS client|EOF/),
    );
  });

  test('a proxy joins a TLS connection to its host', async () => {
    await using server = await listen(createSecure(files, hello));
    const asked: string[] = [];
    const proxyServer = createPlain();
    proxyServer.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const upstream = connect(server.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => {});
      socket.on('error', () => {});
    });
    await using proxy = await listen(proxyServer);
    const by = impatientTransport(`http://me:secret@127.0.0.1:${proxy.port}`);
    const trusted = { ...systemTrust, anyCertificate: true };
    assert.equal(await text(await get('https://far.example:44/', { trust: trusted }, by)), 'hello');
    by.close();
    assert.deepEqual(asked, [`far.example:44 Basic ${btoa('me:secret')}`]);
  });
});
