import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError, type ErrorKind, parseDigest } from '#base';
import { mediaTypes, parseReference } from '#oci';
import { createRegistryClient } from './client.ts';
import { type FakeRegistry, refuse, startFakeRegistry } from './testing/fake-registry.ts';
import type { RegistryAuth, RemoteImage } from './types.ts';

const signal = new AbortController().signal;
const manifest = '{"schemaVersion":2,"config":{},"layers":[]}';

function client(mirrors: readonly string[] = []) {
  return createRegistryClient({ mirrors, insecureRegistries: [], userAgent: 'test', retryDelayMs: 1 });
}

function resolve(registry: FakeRegistry, tag = '1', auth?: RegistryAuth): Promise<RemoteImage> {
  return client().resolve(parseReference(`${registry.address}/some/image:${tag}`), auth, signal);
}

async function read(remote: RemoteImage, digest: string, size: number): Promise<Buffer> {
  const descriptor = { mediaType: '', digest: parseDigest(digest), size };
  const chunks: Uint8Array[] = [];
  for await (const chunk of remote.repository.fetchBlob(descriptor, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function failure(kind: ErrorKind, text: string): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.deepEqual([error.kind, error.message], [kind, text]);
    return true;
  };
}

const deniedText = (registry: FakeRegistry) =>
  `pull access denied for ${registry.address}/some/image, repository does not exist or may require 'docker login': `;

test('resolve() finds a manifest by tag, and by digest only the right one', async () => {
  await using registry = await startFakeRegistry();
  const digest = registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const remote = await resolve(registry);
  assert.deepEqual([remote.manifest.digest, remote.manifest.mediaType], [digest, mediaTypes.ociManifest]);
  registry.misbehave((_, response) => {
    response.end('{"other":true}');
    return true;
  });
  const pinned = parseReference(`${registry.address}/some/image@${digest}`);
  await assert.rejects(
    client().resolve(pinned, undefined, signal),
    failure('corrupt', `manifest verification failed for digest ${digest}`),
  );
});

test('resolve() tells an unknown manifest as Docker does', async () => {
  await using registry = await startFakeRegistry();
  const text = `manifest for ${registry.address}/some/image:9 not found: manifest unknown: manifest unknown`;
  await assert.rejects(resolve(registry, '9'), failure('notFound', text));
});

test('resolve() tells refused access as Docker does', async () => {
  await using registry = await startFakeRegistry();
  registry.misbehave((_, response) => {
    refuse(response, 403, 'DENIED', 'requested access to the resource is denied');
    return true;
  });
  const denied = 'denied: requested access to the resource is denied';
  await assert.rejects(resolve(registry), failure('notFound', deniedText(registry) + denied));
});

test('resolve() tells rate limits and server errors', async () => {
  await using registry = await startFakeRegistry();
  registry.misbehave((_, response) => {
    refuse(response, 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.');
    return true;
  });
  await assert.rejects(
    resolve(registry),
    failure('unavailable', 'toomanyrequests: You have reached your pull rate limit.'),
  );
  registry.misbehave((_, response) => {
    response.writeHead(500).end('<html>oops</html>');
    return true;
  });
  await assert.rejects(
    resolve(registry),
    failure('unavailable', 'received unexpected HTTP status: 500 Internal Server Error'),
  );
});

test('resolve() tells what the registry answered, not that another scheme failed', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.dockerManifest);
  const asker = client();
  const reference = parseReference(`${registry.address}/some/image:1`);
  await asker.resolve(reference, undefined, signal);
  registry.misbehave((_, response) => {
    refuse(response, 429, 'TOOMANYREQUESTS', 'slow down');
    return true;
  });
  await assert.rejects(
    asker.resolve(reference, undefined, signal),
    failure('unavailable', 'toomanyrequests: slow down'),
  );
});

test('resolve() tells a registry that is down', async () => {
  const registry = await startFakeRegistry();
  await registry[Symbol.asyncDispose]();
  await assert.rejects(resolve(registry), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.kind, 'unavailable');
    assert.match(error.message, /^Get "http:.*connection refused$/);
    return true;
  });
});

test('resolve() answers a basic challenge with the credentials, or says that there are none', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  registry.misbehave((request, response) => {
    if (request.headers.authorization === `Basic ${btoa('ada:secret')}`) return false;
    response.setHeader('WWW-Authenticate', 'Basic realm="here"');
    refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    return true;
  });
  await resolve(registry, '1', { username: 'ada', password: 'secret' });
  await assert.rejects(
    resolve(registry),
    failure('notFound', `${deniedText(registry)}no basic auth credentials`),
  );
  await assert.rejects(
    resolve(registry, '1', { username: 'ada', password: 'wrong' }),
    failure('notFound', `${deniedText(registry)}unauthorized: authentication required`),
  );
});

/** Makes a registry ask for tokens, and sell them itself. */
function sellTokens(
  registry: FakeRegistry,
  tokenRequests: { method: string; url: string; body: string }[],
): void {
  registry.misbehave((request, response) => {
    const { method = '', url = '' } = request;
    if (url.startsWith('/token')) {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk;
      });
      request.on('end', () => {
        tokenRequests.push({ method, url, body });
        response.end('{"access_token":"ticket"}');
      });
      return true;
    }
    if (request.headers.authorization === 'Bearer ticket') return false;
    const realm = `http://${registry.address}/token`;
    response.setHeader(
      'WWW-Authenticate',
      `Bearer realm="${realm}",service="shop",scope="repository:some/image:pull"`,
    );
    refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    return true;
  });
}

test('resolve() buys a token once and uses it for all that follows', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const blob = registry.addBlob(Buffer.from('blob'));
  const requests: { method: string; url: string; body: string }[] = [];
  sellTokens(registry, requests);
  const remote = await resolve(registry);
  assert.equal((await read(remote, blob, 4)).toString(), 'blob');
  assert.deepEqual(
    requests.map(({ method, url }) => `${method} ${url}`),
    ['GET /token?service=shop&scope=repository%3Asome%2Fimage%3Apull'],
  );
});

test('resolve() trades an identity token by POST', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const requests: { method: string; url: string; body: string }[] = [];
  sellTokens(registry, requests);
  await resolve(registry, '1', { identityToken: 'mine' });
  const [request] = requests;
  assert.equal(request?.method, 'POST');
  assert.equal(new URLSearchParams(request?.body).get('refresh_token'), 'mine');
});

test('resolve() asks mirrors first for docker.io, and for nothing else', async () => {
  await using mirror = await startFakeRegistry();
  await using other = await startFakeRegistry();
  mirror.addManifest('1', manifest, mediaTypes.ociManifest);
  other.addManifest('1', manifest, mediaTypes.ociManifest);
  const mirrored = client([`http://${mirror.address}`]);
  await mirrored.resolve(parseReference('image:1'), undefined, signal);
  await mirrored.resolve(parseReference(`${other.address}/image:1`), undefined, signal);
  assert.deepEqual(
    mirror.seen.map(({ path }) => path),
    ['/v2/library/image/manifests/1'],
  );
});

test('resolve() falls back to the next mirror', async () => {
  await using broken = await startFakeRegistry();
  await using sound = await startFakeRegistry();
  broken.misbehave((_, response) => {
    response.writeHead(502).end();
    return true;
  });
  const digest = sound.addManifest('1', manifest, mediaTypes.ociManifest);
  const mirrored = client([`http://${broken.address}`, `http://${sound.address}`]);
  const remote = await mirrored.resolve(parseReference('image:1'), undefined, signal);
  assert.equal(remote.manifest.digest, digest);
});

test('redirects are followed, and other hosts get no credentials', async () => {
  await using registry = await startFakeRegistry();
  await using storage = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const digest = storage.addBlob(Buffer.from('far away'));
  const remote = await resolve(registry, '1', { registryToken: 'secret' });
  registry.misbehave((_, response) => {
    const location = `http://${storage.address}/v2/x/blobs/${digest}`;
    response.writeHead(307, { Location: location }).end();
    return true;
  });
  assert.equal((await read(remote, digest, 8)).toString(), 'far away');
  assert.equal(registry.seen[0]?.authorization, 'Bearer secret');
  assert.equal(storage.seen[0]?.authorization, undefined);
});

test('another host that is redirected to and asks for credentials gets none', async () => {
  await using registry = await startFakeRegistry();
  await using storage = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const auth = { username: 'ada', password: 'secret' };
  const remote = await resolve(registry, '1', auth);
  registry.misbehave((_, response) => {
    response.writeHead(307, { Location: `http://${storage.address}/v2/x/blobs/y` }).end();
    return true;
  });
  storage.misbehave((_, response) => {
    response.setHeader('WWW-Authenticate', `Bearer realm="http://${storage.address}/token"`);
    refuse(response, 401, 'UNAUTHORIZED', 'who are you');
    return true;
  });
  const digest = `sha256:${'0'.repeat(64)}`;
  await assert.rejects(read(remote, digest, 9), /pull access denied .*: unauthorized: who are you$/);
  assert.deepEqual(
    storage.seen.map(({ path, authorization }) => [path, authorization]),
    [['/v2/x/blobs/y', undefined]],
  );
});

test('fetchDocument() refuses bytes of another digest', async () => {
  await using registry = await startFakeRegistry();
  registry.addManifest('1', manifest, mediaTypes.ociManifest);
  const digest = registry.addBlob(Buffer.from('{"a":1}'));
  const remote = await resolve(registry);
  registry.misbehave((_, response) => {
    response.end('{"b":2}');
    return true;
  });
  const descriptor = { mediaType: mediaTypes.ociConfig, digest: parseDigest(digest), size: 7 };
  await assert.rejects(
    remote.repository.fetchDocument(descriptor, signal),
    failure('corrupt', `manifest verification failed for digest ${digest}`),
  );
});
