import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import {
  cutHalfWay,
  type FakeRegistry,
  type Misbehaviour,
  refuse,
  startFakeRegistry,
} from '../../src/registry/testing/fake-registry.ts';
import { busyboxImage } from '../fixtures/busybox.ts';
import { type FixtureBlob, registryBlobs } from '../fixtures/image.ts';
import { freePort } from '../testing/free-port.ts';
import { traces } from '../testing/traces.ts';
import { useWharf } from '../testing/use-wharf.ts';

const image = busyboxImage('base:1');
const { blobs, manifest } = registryBlobs(image);
const [layer, config] = blobs as [FixtureBlob, FixtureBlob];

describe('a registry that errs', () => {
  // Each attempt more waits twice as long as the one before.
  const suite = useWharf([], { args: ['--max-download-attempts', '3'] });
  const { docker, ok } = suite;
  let registry: FakeRegistry;
  before(async () => {
    registry = await startFakeRegistry();
    for (const { bytes } of blobs) registry.addBlob(bytes);
    registry.addManifest('1', manifest.bytes.toString(), manifest.mediaType);
  });
  after(() => registry[Symbol.asyncDispose]());

  const name = () => `${registry.address}/base:1`;

  /** A pull under a misbehaviour fails so, leaves nothing, and works when the registry is sound again. */
  async function refuses(how: Misbehaviour, told: RegExp): Promise<void> {
    const before = traces(suite.wharf);
    registry.misbehave(how);
    const pulled = await docker(['pull', name()]);
    registry.misbehave(() => false);
    assert.equal(pulled.code, 1, pulled.stdout);
    assert.match(pulled.stderr, told);
    assert.deepEqual(traces(suite.wharf), before);
    await ok(['pull', '-q', name()]);
    await ok(['rmi', name()]);
    assert.deepEqual(traces(suite.wharf), before);
  }

  const onBlob =
    ({ digest }: FixtureBlob, how: Misbehaviour): Misbehaviour =>
    (request, response) =>
      request.url?.endsWith(digest) === true && how(request, response);
  const status =
    (code: number, error: string, message: string): Misbehaviour =>
    (_, response) => {
      refuse(response, code, error, message);
      return true;
    };
  const bytes =
    (content: Uint8Array): Misbehaviour =>
    (_, response) => {
      response.end(content);
      return true;
    };

  test('an image that the registry does not have', async () => {
    const pulled = await docker(['pull', `${registry.address}/base:2`]);
    assert.equal(pulled.code, 1);
    assert.match(pulled.stderr, /manifest for 127.0.0.1:\d+\/base:2 not found: manifest unknown/);
  });

  test('a registry that is down', async () => {
    const pulled = await docker(['pull', `127.0.0.1:${await freePort()}/base:1`]);
    assert.equal(pulled.code, 1);
    assert.match(pulled.stderr, /connect: connection refused/);
  });

  test('a name that does not parse', async () => {
    for (const bad of ['UPPER/case', 'a//b', 'a:b:c', 'x@sha256:12']) {
      const pulled = await docker(['pull', bad]);
      assert.notEqual(pulled.code, 0);
    }
  });

  test('401 without credentials', () =>
    refuses(
      status(401, 'UNAUTHORIZED', 'authentication required'),
      /pull access denied for .*base, repository does not exist or may require 'docker login'/,
    ));
  test('401 with credentials that are wrong', async () => {
    const auth = Buffer.from('ada:wrong').toString('base64');
    const file = `${suite.wharf.folder}/client/config.json`;
    await writeFile(file, JSON.stringify({ auths: { [registry.address]: { auth } } }));
    await refuses((request, response) => {
      response.setHeader('WWW-Authenticate', 'Basic realm="fake"');
      return status(401, 'UNAUTHORIZED', 'authentication required')(request, response);
    }, /pull access denied for .*unauthorized: authentication required/);
    assert.ok(registry.seen.some(({ authorization }) => authorization === `Basic ${auth}`));
    await rm(file);
  });
  test('403', () =>
    refuses(
      status(403, 'DENIED', 'requested access is denied'),
      /pull access denied .*denied: requested access/,
    ));
  test('404', () =>
    refuses(status(404, 'NAME_UNKNOWN', 'repository name not known to registry'), /not found: name unknown/));
  test('429', () => refuses(status(429, 'TOOMANYREQUESTS', 'slow down'), /toomanyrequests: slow down/));
  test('500', () =>
    refuses(status(500, '', ''), /received unexpected HTTP status: 500 Internal Server Error/));
  test('404 of the layer only', () =>
    refuses(onBlob(layer, status(404, 'BLOB_UNKNOWN', 'blob unknown')), /blob unknown/));
  test('404 of the config only', () =>
    refuses(onBlob(config, status(404, 'BLOB_UNKNOWN', 'blob unknown')), /blob unknown/));
  test('other bytes for the layer', () => {
    const wrong = Buffer.from(layer.bytes);
    wrong.writeUInt8(wrong.readUInt8(100) ^ 1, 100);
    return refuses(onBlob(layer, bytes(wrong)), /filesystem layer verification failed|invalid|incorrect/);
  });
  test('more bytes for the layer', () =>
    refuses(onBlob(layer, bytes(Buffer.concat([layer.bytes, Buffer.alloc(99)]))), /longer/));
  test('endless bytes for the layer', () =>
    refuses(
      onBlob(layer, (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65536)));
        };
        response.on('drain', more);
        response.writeHead(200);
        more();
        return true;
      }),
      /longer|EOF/,
    ));
  test('other bytes for the config', () =>
    refuses(
      onBlob(config, bytes(Buffer.alloc(config.bytes.length, '{}'))),
      /verification failed for digest/,
    ));
  test('a manifest that is no JSON', () =>
    refuses(
      (request, response) =>
        request.url?.includes('manifests') === true && bytes(Buffer.from('<html>'))(request, response),
      /manifest|invalid/,
    ));
  test('an answer of HTML', () =>
    refuses((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>login</html>');
      return true;
    }, /manifest|invalid/));
  test('a connection cut at once', () =>
    refuses((_, response) => {
      response.destroy();
      return true;
    }, /Get "http:.*: EOF/));
  test('a layer cut each time after a byte', () =>
    refuses(
      onBlob(layer, (_, response) => {
        response.writeHead(200, { 'content-length': layer.bytes.length });
        response.write(layer.bytes.subarray(0, 1), () => response.destroy());
        return true;
      }),
      /EOF/,
    ));
  test('a layer that is cut half way is taken up', async () => {
    let cuts = 0;
    registry.misbehave(
      onBlob(layer, (request, response) => {
        if (cuts++ > 2) return false;
        cutHalfWay(response, layer.bytes, Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0));
        return true;
      }),
    );
    const told = await ok(['pull', name()]);
    assert.equal(told.match(/^[0-9a-f]{12}: Retrying in [12] seconds?$/gm)?.length, 3, told);
    assert.equal(cuts, 4);
    assert.equal(await ok(['run', '--rm', name(), 'echo', 'whole']), 'whole');
    await ok(['rmi', name()]);
  });
});
