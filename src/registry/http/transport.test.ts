import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer as createPlain,
  Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EngineError } from '#base';
import { type Authority, createAuthority } from '../../../test/fixtures/certificates.ts';
import type { RegistryResponse } from '../types.ts';
import { Transport, type TransportRequest } from './transport.ts';
import { readHostCertificates, type Trust } from './trust.ts';

const signal = new AbortController().signal;
const systemTrust: Trust = { anyCertificate: false, certificates: undefined };

function transport(proxy = ''): Transport {
  return new Transport({ proxies: () => ({ http: proxy, https: proxy, none: '' }), silenceMs: 200 });
}

function get(
  url: string,
  options: Partial<TransportRequest> = {},
  by = transport(),
): Promise<RegistryResponse> {
  return by.send({ url: new URL(url), headers: {}, trust: systemTrust, signal, ...options });
}

async function text({ body }: RegistryResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function fails(pattern: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.kind, 'unavailable');
    assert.match(error.message, pattern);
    return true;
  };
}

async function listen(server: Server): Promise<{ port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      if (server instanceof HttpServer) server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

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
    const by = transport(`http://me:secret@127.0.0.1:${proxy.port}`);
    const trusted = { ...systemTrust, anyCertificate: true };
    assert.equal(await text(await get('https://far.example:44/', { trust: trusted }, by)), 'hello');
    by.close();
    assert.deepEqual(asked, [`far.example:44 Basic ${btoa('me:secret')}`]);
  });
});

test('a proxy is given whole URLs of plain HTTP', async () => {
  const asked: string[] = [];
  await using proxy = await listen(
    createPlain((request, response) => {
      asked.push(`${request.url} ${request.headers.host}`);
      response.end('by proxy');
    }),
  );
  const by = transport(`http://127.0.0.1:${proxy.port}`);
  assert.equal(await text(await get('http://far.example/v2/', {}, by)), 'by proxy');
  by.close();
  assert.deepEqual(asked, ['http://far.example/v2/ far.example']);
});

test('one connection serves requests one after the other; a closed one is replaced', async () => {
  const sockets = new Set<unknown>();
  await using server = await listen(
    createPlain((request, response) => {
      sockets.add(request.socket);
      response.end(request.url === '/last' ? 'bye' : 'go on');
      if (request.url === '/last') request.socket.end();
    }),
  );
  const by = transport();
  for (const path of ['a', 'b', 'last', 'c'])
    await text(await get(`http://127.0.0.1:${server.port}/${path}`, {}, by));
  by.close();
  assert.equal(sockets.size, 2);
});

test('silence is taken for a cut, before the head and in the body', async () => {
  await using server = await listen(
    createPlain((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'Content-Length': 10 }).write('half');
    }),
  );
  const url = `http://127.0.0.1:${server.port}`;
  await assert.rejects(get(`${url}/head`), fails(/^Get ".*": net\/http: timeout awaiting response headers$/));
  await assert.rejects(text(await get(`${url}/body`)), fails(/^unexpected EOF$/));
});

test('an answer that is no HTTP is told, and one without a length ends with its connection', async () => {
  const replies = ['garbage\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\nto the end'];
  await using server = await listen(
    createTcp((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(replies.shift() ?? ''));
    }),
  );
  const url = `http://127.0.0.1:${server.port}/`;
  await assert.rejects(get(url), fails(/malformed HTTP response/));
  assert.equal(await text(await get(url)), 'to the end');
});

test('send() is given up with its signal, also in the middle of a body', async () => {
  const gone = Promise.withResolvers<void>();
  await using server = await listen(
    createPlain((request, response) => {
      response.on('close', () => gone.resolve());
      response.writeHead(200, { 'Content-Length': 10 }).write('half');
      request.resume();
    }),
  );
  const leaving = new AbortController();
  const response = await get(`http://127.0.0.1:${server.port}/`, { signal: leaving.signal });
  const reading = text(response);
  leaving.abort(new Error('left'));
  await assert.rejects(reading, /left/);
  await gone.promise;
});

test('an answer that comes before the body is sent counts, and a source’s own failure is passed on', async () => {
  await using server = await listen(
    createPlain((request, response) => {
      if (request.url === '/early') response.writeHead(413).end('too much');
      else request.resume();
    }),
  );
  const url = `http://127.0.0.1:${server.port}`;
  async function* endless() {
    for (;;) yield Buffer.alloc(65536);
  }
  const early = await get(`${url}/early`, { method: 'PUT', body: () => endless() });
  assert.equal(early.status, 413);
  early.discard();
  async function* failing() {
    yield Buffer.from('some');
    throw new Error('source broke');
  }
  await assert.rejects(get(`${url}/`, { method: 'PUT', body: failing }), /^Error: source broke$/);
});
