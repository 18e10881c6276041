import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createServer } from 'node:tls';
import { zstdCompressSync } from 'node:zlib';
import {
  type FakeRegistry,
  type Misbehaviour,
  refuse,
  startFakeRegistry,
} from '../../src/registry/testing/fake-registry.ts';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { type Authority, createAuthority } from '../fixtures/certificates.ts';
import { type FixtureImage, imageConfig, registryBlobs, sha256 } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const folder = mkdtempSync('/var/tmp/wharf-test-pull-');
const configFile = `${folder}/daemon.json`;
const indexType = 'application/vnd.oci.image.index.v1+json';

/** What no compression makes small: several megabytes on the way. */
const cargo: FixtureImage = {
  name: 'cargo:1',
  layers: [makeTar([{ path: 'cargo', content: randomBytes(6 << 20) }])],
};

/** Puts an image into a fake registry; answers its first layer. */
function stock(registry: FakeRegistry, image: FixtureImage, tag = '1') {
  const { blobs, manifest } = registryBlobs(image);
  for (const { bytes } of blobs) registry.addBlob(bytes);
  const digest = registry.addManifest(tag, manifest.bytes.toString(), manifest.mediaType);
  const [layer] = blobs;
  assert.ok(layer !== undefined);
  return { layer, manifest: { mediaType: manifest.mediaType, digest, size: manifest.bytes.length } };
}

/** Misbehaves where a blob is asked for. */
function onBlob(digest: string, how: Misbehaviour): Misbehaviour {
  return (request, response) => request.url?.endsWith(digest) === true && how(request, response);
}

/** Sends half of the bytes and then nothing. */
function stallHalfWay(response: ServerResponse, bytes: Uint8Array): void {
  response.writeHead(200, { 'Content-Length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2));
}

/** Before a registry, for clients that show a certificate of the authority. */
async function startTlsFront(authority: Authority, behind: string): Promise<Server> {
  const { certificate, key } = authority.issue('server');
  const [host = '', port] = behind.split(':');
  const options = {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    ca: readFileSync(authority.certificate),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = createServer(options, (socket) => {
    const inner = connect({ host, port: Number(port) });
    for (const end of [socket, inner]) end.on('error', () => {});
    socket.pipe(inner).pipe(socket);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A proxy for plain HTTP, behind which every host is one registry; it joins nobody to anything. */
async function startProxy(registry: () => string): Promise<Server> {
  const server = createHttpServer((incoming, outgoing) => {
    const { pathname, host } = new URL(incoming.url ?? '');
    assert.equal(host, 'far.test');
    request(`http://${registry()}${pathname}`, { headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    }).end();
  });
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('pull', () => {
  let mirror: FakeRegistry;
  let other: FakeRegistry;
  let storage: TestRegistry;
  let front: Server;
  let proxy: Server;
  /** A name of 127.0.0.1 that is not taken for this machine's own registry, so that certificates count. */
  const strictHost = () => `127.1:${(front.address() as AddressInfo).port}`;

  before(async () => {
    mirror = await startFakeRegistry();
    other = await startFakeRegistry();
    const authority = createAuthority(folder, 'authority');
    storage = await startRegistry();
    await storage.push(busyboxImage('base:1'));
    front = await startTlsFront(authority, storage.address);
    const certificates = `${folder}/certs.d/${strictHost()}`;
    mkdirSync(certificates, { recursive: true });
    const client = authority.issue('client');
    copyFileSync(authority.certificate, `${certificates}/ca.crt`);
    copyFileSync(client.certificate, `${certificates}/client.cert`);
    copyFileSync(client.key, `${certificates}/client.key`);
    const mirrors = [`http://${mirror.address}`, `http://${other.address}`];
    proxy = await startProxy(() => storage.address);
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const settings = {
      proxies: { 'http-proxy': proxyUrl, 'https-proxy': proxyUrl },
      'insecure-registries': ['far.test'],
      'registry-mirrors': [`http://${mirror.address}`],
      registries: { 'quay.test': { mirrors } },
      'registry-certs-dir': `${folder}/certs.d`,
    };
    writeFileSync(configFile, JSON.stringify(settings));
  });
  const suite = useWharf([], { args: ['--config-file', configFile] });
  const { docker, ok } = suite;
  after(async () => {
    for (const registry of [mirror, other, storage]) await registry[Symbol.asyncDispose]();
    front.close();
    proxy.close();
    rmSync(folder, { recursive: true });
  });

  test('B11 mirrors of any registry stand for it, and the next one for one that fails', async () => {
    const { layer } = stock(other, busyboxImage('base:1'));
    mirror.misbehave((_, response) => {
      response.writeHead(502).end();
      return true;
    });
    await ok('pull -q quay.test/base:1');
    assert.equal(await ok('run --rm quay.test/base:1 echo mirrored'), 'mirrored');
    await ok('rmi quay.test/base:1');
    stock(mirror, busyboxImage('base:1'));
    mirror.misbehave(
      onBlob(layer.digest, (_, response) => {
        refuse(response, 404, 'BLOB_UNKNOWN', 'gone');
        return true;
      }),
    );
    other.seen.length = 0;
    await ok('pull -q quay.test/base:1');
    assert.deepEqual(
      other.seen.map(({ path }) => path.split('/').at(-1)),
      [layer.digest],
    );
    await ok('rmi quay.test/base:1');
    mirror.misbehave(() => false);
  });

  test('B12 info shows mirrors by registry', async () => {
    const info = JSON.parse(await ok(['info', '--format', '{{json .RegistryConfig}}']));
    assert.deepEqual(info.Mirrors, [`http://${mirror.address}/`]);
    const own = [`http://${mirror.address}/`, `http://${other.address}/`];
    assert.deepEqual(info.IndexConfigs['quay.test'].Mirrors, own);
  });

  test('D02 TLS with certificates of certs.d, for the registry and for its client', async () => {
    await ok(['pull', '-q', `${strictHost()}/base:1`]);
    await ok(['rmi', `${strictHost()}/base:1`]);
    const strange = strictHost().replace('127.1', '127.0.1');
    const refused = await docker(['pull', `${strange}/base:1`]);
    assert.match(refused.stderr, /x509: certificate signed by unknown authority/);
  });

  test('a registry behind a proxy', async () => {
    await ok('pull -q far.test/base:1');
    await ok('rmi far.test/base:1');
    const shown = JSON.parse(await ok(['info', '--format', '{{json .HTTPProxy}}']));
    assert.equal(shown, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  });

  test('an index is kept whole, and platforms come one by one', async () => {
    const amd64 = stock(other, busyboxImage('base:1'), 'amd64').manifest;
    const arm64 = stock(other, { ...busyboxImage('base:1'), architecture: 'arm64' }, 'arm64').manifest;
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [
        { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
        { ...arm64, platform: { os: 'linux', architecture: 'arm64' } },
      ],
    });
    const digest = other.addManifest('many', index, indexType);
    const name = `${other.address}/base:many`;
    assert.match(await ok(['pull', name]), new RegExp(`^Digest: ${digest}$`, 'm'));
    other.seen.length = 0;
    assert.match(await ok(['pull', name]), /^Status: Image is up to date for/m);
    assert.deepEqual(
      other.seen.map(({ method, path }) => `${method} ${path}`),
      ['HEAD /v2/base/manifests/many'],
    );
    assert.match(await ok(['pull', '--platform', 'linux/arm64', name]), /^Status: Downloaded newer image/m);
    const missing = await docker(['pull', '--platform', 'linux/s390x', name]);
    assert.match(missing.stderr, /no matching manifest for linux\/s390x in the manifest list entries/);
    await ok(['rmi', '-f', name]);
  });

  test('every tag of a repository, and a digest', async () => {
    const image = busyboxImage('base:1');
    await storage.push(image, 'tags:1');
    await storage.push(image, 'tags:2');
    const pulled = await ok(['pull', '-a', `${storage.address}/tags`]);
    const status = `Status: Downloaded newer image for ${storage.address}/tags`;
    assert.equal(pulled.split('\n').at(-2), status);
    const digest = /Digest: (\S+)/.exec(pulled)?.[1];
    await ok(['rmi', `${storage.address}/tags:1`, `${storage.address}/tags:2`]);
    const byDigest = await ok(['pull', `${storage.address}/tags@${digest}`]);
    assert.match(byDigest, /^Status: Downloaded newer image for/m);
    await ok(['rmi', `${storage.address}/tags@${digest}`]);
  });

  // Node's inflater ends with the first frame; such layers are refused there.
  const skip = process.env.WHARF_TEST_RUNTIME === 'node';
  test('zstd layers with further frames, as zstd:chunked has them', { skip }, async () => {
    const layer = busyboxLayer();
    const skippable = Buffer.alloc(24);
    skippable.writeUInt32LE(0x184d2a50);
    skippable.writeUInt32LE(16, 4);
    const bytes = Buffer.concat([
      zstdCompressSync(layer.subarray(0, 1 << 20)),
      zstdCompressSync(layer.subarray(1 << 20)),
      skippable,
    ]);
    const config = imageConfig({ name: '', layers: [layer] });
    for (const blob of [bytes, config]) other.addBlob(blob);
    const describe = (blob: Buffer, mediaType: string) => ({
      mediaType,
      digest: sha256(blob),
      size: blob.length,
    });
    const manifest = {
      schemaVersion: 2,
      config: describe(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [describe(bytes, 'application/vnd.oci.image.layer.v1.tar+zstd')],
    };
    const type = 'application/vnd.oci.image.manifest.v1+json';
    other.addManifest('zstd', JSON.stringify({ ...manifest, mediaType: type }), type);
    assert.equal(await ok(['run', '--rm', `${other.address}/base:zstd`, 'echo', 'chunked']), 'chunked');
    await ok(['rmi', `${other.address}/base:zstd`]);
  });

  test('a download is gone on with after the daemon was killed', async () => {
    const { layer } = stock(other, cargo);
    other.misbehave(
      onBlob(layer.digest, (_, response) => {
        stallHalfWay(response, layer.bytes);
        return true;
      }),
    );
    const name = `${other.address}/cargo:1`;
    const broken = docker(['pull', '-q', name]);
    const partial = `${suite.wharf.dataRoot}/partial`;
    const half = Math.floor(layer.bytes.length / 2);
    await eventually('half of the layer is here', () =>
      readdirSync(partial).some((file) => statSync(`${partial}/${file}`).size === half),
    );
    await suite.wharf.stop('SIGKILL');
    assert.notEqual((await broken).code, 0);
    await suite.wharf.start();
    other.misbehave(() => false);
    other.seen.length = 0;
    await ok(['pull', '-q', name]);
    const asked = other.seen.filter(({ path }) => path.endsWith(layer.digest)).map(({ range }) => range);
    assert.deepEqual(asked, [`bytes=${half}-`]);
    assert.deepEqual(readdirSync(partial), []);
    await ok(['rmi', name]);
  });

  test('layers that came are kept when another one fails', async () => {
    const second = makeTar([{ path: 'more', content: randomBytes(1000) }]);
    const { layer } = stock(other, { ...cargo, layers: [...cargo.layers, second] });
    const bad = registryBlobs({ ...cargo, layers: [second] }).blobs[0]?.digest ?? '';
    other.misbehave(
      onBlob(bad, (_, response) => {
        const isHere = () =>
          readdirSync(`${suite.wharf.dataRoot}/partial`).some(
            (file) => statSync(`${suite.wharf.dataRoot}/partial/${file}`).size === layer.bytes.length,
          );
        eventually('the first layer is here', isHere).finally(() =>
          refuse(response, 404, 'BLOB_UNKNOWN', 'gone'),
        );
        return true;
      }),
    );
    const name = `${other.address}/cargo:1`;
    assert.match((await docker(['pull', name])).stderr, /unknown blob: gone/);
    other.misbehave(() => false);
    other.seen.length = 0;
    await ok(['pull', '-q', name]);
    assert.ok(!other.seen.some(({ path }) => path.endsWith(layer.digest)));
    assert.deepEqual(readdirSync(`${suite.wharf.dataRoot}/partial`), []);
    await ok(['rmi', name]);
  });

  test('what an earlier try left is not trusted', async () => {
    const { layer } = stock(other, cargo);
    const hex = layer.digest.replace('sha256:', '');
    writeFileSync(`${suite.wharf.dataRoot}/partial/${hex}`, Buffer.alloc(2 << 20, 'wrong'));
    const name = `${other.address}/cargo:1`;
    other.seen.length = 0;
    await ok(['pull', '-q', name]);
    const asked = other.seen.filter(({ path }) => path.endsWith(layer.digest)).map(({ range }) => range);
    assert.deepEqual(asked, [`bytes=${2 << 20}-`, undefined]);
    await ok(['rmi', name]);
  });

  test('two pulls share one download, and the one goes on by itself when the other’s registry fails', async () => {
    const { layer } = stock(other, cargo);
    stock(mirror, cargo);
    const stalled = Promise.withResolvers<ServerResponse>();
    other.misbehave(
      onBlob(layer.digest, (request, response) => {
        if (request.headers.range !== undefined) {
          refuse(response, 403, 'DENIED', 'no more');
          return true;
        }
        stallHalfWay(response, layer.bytes);
        stalled.resolve(response);
        return true;
      }),
    );
    const failing = docker(['pull', `${other.address}/cargo:1`]);
    const response = await stalled.promise;
    mirror.seen.length = 0;
    const sound = docker(['pull', `${mirror.address}/cargo:1`]);
    await eventually('the other pull has the manifest', () =>
      mirror.seen.some(({ path }) => path.includes('/blobs/')),
    );
    assert.ok(!mirror.seen.some(({ path }) => path.endsWith(layer.digest)));
    response.destroy();
    assert.match((await failing).stderr, /denied: no more/);
    assert.equal((await sound).code, 0);
    other.misbehave(() => false);
    await ok(['rmi', `${mirror.address}/cargo:1`]);
  });

  test('a client that goes away ends the download', async () => {
    const { layer } = stock(other, cargo);
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    other.misbehave(
      onBlob(layer.digest, (_, response) => {
        response.on('close', () => ended.resolve());
        stallHalfWay(response, layer.bytes);
        begun.resolve();
        return true;
      }),
    );
    const { socketPath } = suite.wharf;
    const path = `/images/create?fromImage=${other.address}/cargo&tag=1`;
    const client = request({ socketPath, path, method: 'POST' }, (response) => response.resume());
    client.on('error', () => {});
    client.end();
    await begun.promise;
    client.destroy();
    await ended.promise;
    other.misbehave(() => false);
  });
});
