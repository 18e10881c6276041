import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  type FakeRegistry,
  type Misbehaviour,
  refuse,
  startFakeRegistry,
} from '../../src/registry/testing/fake-registry.ts';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive, registryBlobs } from '../fixtures/image.ts';
import { startRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { dockerProgram, eventually } from '../testing/programs.ts';
import { traces } from '../testing/traces.ts';
import { useWharf } from '../testing/use-wharf.ts';

const content = 'cargo '.repeat(200_000);
/** What an earlier push has sent would be looked for: each has a layer of its own. */
const imageOf = (push: number) => ({
  name: 'load:1',
  layers: [makeTar([{ path: 'hold', content: `${push} ${content}` }])],
});

describe('pushes to a registry that errs', () => {
  const suite = useWharf();
  const { docker, ok } = suite;
  let registry: FakeRegistry;
  let name = '';
  before(async () => {
    registry = await startFakeRegistry();
  });
  after(() => registry[Symbol.asyncDispose]());
  let pushes = 0;
  beforeEach(async () => {
    registry.misbehave(() => false);
    if (pushes > 0) await ok(['rmi', '-f', 'load:1', name]);
    await ok('load -q', { input: dockerArchive(imageOf(++pushes)) });
    name = `${registry.address}/ship${pushes}/load:1`;
    await ok(['tag', 'load:1', name]);
  });

  const onUpload =
    (method: string, how: Misbehaviour): Misbehaviour =>
    (request, response) =>
      request.method === method && request.url?.includes('/uploads/') === true && how(request, response);
  const status =
    (code: number, error: string, message: string): Misbehaviour =>
    (request, response) => {
      request.resume();
      refuse(response, code, error, message);
      return true;
    };

  /** A push under a misbehaviour fails so, and works when the registry is sound again. */
  async function refuses(how: Misbehaviour, told: RegExp): Promise<void> {
    registry.misbehave(how);
    const { code, stderr, stdout } = await docker(['push', name]);
    assert.deepEqual([code, told.test(stderr)], [1, true], stdout + stderr);
    registry.misbehave(() => false);
    await ok(['push', '-q', name]);
  }

  test('refused access is told in the registry’s words, at once', async () => {
    const denied = status(403, 'DENIED', 'requested access to the resource is denied');
    await refuses(onUpload('POST', denied), /^denied: requested access to the resource is denied$/m);
  });

  test('refused credentials are told in the registry’s words, at once', async () => {
    await refuses(
      onUpload('POST', status(401, 'UNAUTHORIZED', 'who are you')),
      /^unauthorized: who are you$/m,
    );
  });

  test('a full registry is asked again a few times, then told', async () => {
    const full: Misbehaviour = (request, response) => {
      if (request.method !== 'PATCH' && request.method !== 'PUT') return false;
      request.resume();
      response.writeHead(507, { 'Content-Length': 0 }).end();
      return true;
    };
    const told = /^received unexpected HTTP status: 507 Insufficient Storage$/m;
    await refuses(full, told);
  });

  test('a registry that fails once is asked again', async () => {
    // The config goes beside the layer: each upload fails once, of which no more than four are needed.
    const failed = new Set<string>();
    const failing = status(500, 'UNKNOWN', 'oops');
    registry.misbehave((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const isUpload = request.method === 'PATCH' || request.method === 'PUT';
      const fails = isUpload && path.includes('/uploads/') && failed.size < 4 && !failed.has(path);
      return fails && failed.add(path) && failing(request, response);
    });
    assert.match(await ok(['push', name]), /^[0-9a-f]{12}: Retrying in 1 second$/m);
  });

  test('a registry that says it stored something else is not believed', async () => {
    const wrong: Misbehaviour = (request, response) => {
      request.resume();
      const digest = `sha256:${'0'.repeat(64)}`;
      response.writeHead(201, { 'Docker-Content-Digest': digest, 'Content-Length': 0 }).end();
      return true;
    };
    await refuses(onUpload('PUT', wrong), /^registry stored digest sha256:0{64}, expected sha256:/m);
    const onManifest: Misbehaviour = (request, response) =>
      request.method === 'PUT' && request.url?.includes('/manifests/') === true && wrong(request, response);
    await refuses(onManifest, /^registry stored digest sha256:0{64}, expected sha256:/m);
  });

  test('a registry that refuses the manifest is told', async () => {
    const invalid = status(400, 'MANIFEST_INVALID', 'manifest invalid');
    const onManifest: Misbehaviour = (request, response) =>
      request.method === 'PUT' && request.url?.includes('/manifests/') === true && invalid(request, response);
    await refuses(onManifest, /^manifest invalid: manifest invalid$/m);
  });

  /** Resolves when an upload has begun, which is then held until its connection ends. */
  function hold(): { begun: Promise<void>; ended: Promise<void>; how: Misbehaviour } {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const how = onUpload('PATCH', (request) => {
      begun.resolve();
      request.socket.once('close', () => ended.resolve());
      return true;
    });
    registry.misbehave(how);
    return { begun: begun.promise, ended: ended.promise, how };
  }

  test('a config that is refused ends the upload of the layers, too', async () => {
    const { begun, ended, how } = hold();
    const config = await ok('images -q --no-trunc load:1');
    const denied = status(403, 'DENIED', 'no configs here');
    registry.misbehave((request, response) => {
      if (request.url?.endsWith(`/blobs/${config}`) !== true) return how(request, response);
      void begun.then(() => denied(request, response));
      return true;
    });
    const { code, stderr } = await docker(['push', name]);
    assert.deepEqual([code, /^denied/m.test(stderr)], [1, true], stderr);
    await ended;
    assert.doesNotMatch(suite.wharf.log(), /^error: /m);
    registry.misbehave(() => false);
    await ok(['push', '-q', name]);
  });

  test('a client that leaves ends its push', async () => {
    const { begun, ended } = hold();
    const env = { ...process.env, DOCKER_HOST: suite.wharf.host };
    const client = spawn(dockerProgram, ['push', name], { env, stdio: 'ignore' });
    await begun;
    client.kill('SIGKILL');
    await Promise.all([once(client, 'exit'), ended]);
    registry.misbehave(() => false);
    await ok(['push', '-q', name]);
  });

  test('a daemon that is killed in the middle pushes the next time', async () => {
    const { begun } = hold();
    const failed = docker(['push', name]);
    await begun;
    await suite.wharf.stop('SIGKILL');
    assert.notEqual((await failed).code, 0);
    registry.misbehave(() => false);
    await suite.wharf.start();
    await ok(['push', '-q', name]);
    const { text } = await exchange(suite.wharf.socketPath, 'POST', '/images/check');
    assert.match(text, /"Findings":\[\]/);
  });

  /** Keeps uploads waiting until it is opened. */
  function closeGate() {
    const reached = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    let uploads = 0;
    registry.misbehave((request, response) => {
      if (request.method !== 'PATCH') return false;
      uploads++;
      reached.resolve();
      request.pause();
      void opened.promise.then(() => registry.uploads.handle(request, response));
      return true;
    });
    return {
      reached: reached.promise,
      open: () => opened.resolve(),
      get uploads() {
        return uploads;
      },
    };
  }

  test('an image that is removed while it is pushed stays removed', async () => {
    const gate = closeGate();
    const pushed = docker(['push', name]);
    await gate.reached;
    await ok(['rmi', '-f', 'load:1', name]);
    gate.open();
    assert.equal((await pushed).code, 0);
    assert.equal(await ok('images -aq'), '');
    const isLeft = (path: string) => /\/(layers|content)\/./.test(path);
    await eventually('its files are gone', async () => !traces(suite.wharf).some(isLeft));
    await ok('load -q', { input: dockerArchive(imageOf(pushes)) });
    await ok(['tag', 'load:1', name]);
  });

  test('two pushes of one layer at once send it once', async () => {
    const repository = name.replace(/:1$/, '');
    await ok(['tag', 'load:1', `${repository}:2`]);
    const gate = closeGate();
    const first = ok(['push', '-q', `${repository}:1`]);
    await gate.reached;
    const second = spawn(dockerProgram, ['push', `${repository}:2`], {
      env: { ...process.env, DOCKER_HOST: suite.wharf.host },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exit = once(second, 'exit');
    let told = '';
    for await (const chunk of second.stdout) {
      told += chunk;
      if (told.includes('Preparing')) gate.open();
    }
    await first;
    assert.deepEqual([(await exit)[0], gate.uploads], [0, 1], told);
    await ok(['rmi', `${repository}:2`]);
  });

  test('a layer that its origin no longer gives is compressed instead', async () => {
    await using origin = await startFakeRegistry();
    const { blobs, manifest } = registryBlobs({
      name: 'far:1',
      layers: [makeTar([{ path: 'far', content: 'away' }])],
    });
    for (const { bytes } of blobs) origin.addBlob(bytes);
    origin.addManifest('1', manifest.bytes.toString(), manifest.mediaType);
    const far = `${origin.address}/far:1`;
    await ok(['pull', '-q', far]);
    origin.misbehave(status(404, 'BLOB_UNKNOWN', 'blob unknown'));
    const near = `${registry.address}/near:1`;
    await ok(['tag', far, near]);
    const output = await ok(['push', near]);
    assert.match(output, /^[0-9a-f]{12}: Pushed$/m);
    assert.ok(!output.includes(manifest.digest));
    await ok(['rmi', far, near]);
  });
});

describe('push-compression: zstd', () => {
  const { ok } = useWharf([busyboxImage('box:1')], { args: ['--push-compression', 'zstd'] });

  test('layers that no registry knows are pushed as zstd, and run where they are pulled', async () => {
    await using registry = await startRegistry();
    const name = `${registry.address}/box:1`;
    await ok(['tag', 'box:1', name]);
    await ok(['push', '-q', name]);
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const response = await fetch(`http://${registry.address}/v2/box/manifests/1`, {
      headers: { Accept: accept },
    });
    assert.equal(response.headers.get('content-type'), accept);
    const { layers } = (await response.json()) as { layers: { mediaType: string }[] };
    assert.deepEqual(
      layers.map(({ mediaType }) => mediaType),
      ['application/vnd.oci.image.layer.v1.tar+zstd'],
    );
    await ok(['rmi', name, 'box:1']);
    assert.equal(await ok(['run', '--rm', name, 'echo', 'ahoy']), 'ahoy');
  });
});
