import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { createConnection } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createAuthority } from '../fixtures/certificates.ts';
import { sha256 } from '../fixtures/image.ts';
import { eventually, repository, runProgram } from '../testing/programs.ts';
import { checkWhole, pushBlob, pushImage } from '../testing/registry-content.ts';
import { type OwnRegistry, startOwnRegistry } from '../testing/registry-server.ts';

describe('a registry that is killed', () => {
  let registry: OwnRegistry;
  before(async () => {
    registry = await startOwnRegistry({ args: ['--gc-grace', '0s', '--gc-interval', '30ms'] });
  });
  after(async () => registry?.[Symbol.asyncDispose]());

  test('takes up an upload where it was', async () => {
    const begun = await registry.ask('POST', '/v2/a/b/blobs/uploads/');
    const path = begun.headers.get('location') ?? '';
    const [host = '', port = ''] = registry.address.split(':');
    const half = Buffer.alloc(1 << 20, 'half');
    const socket = createConnection({ host, port: Number(port) }).on('error', () => undefined);
    socket.write(`PATCH ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 * half.length}\r\n\r\n`);
    socket.write(half);
    const range = async () => (await registry.ask('GET', path)).headers.get('range');
    await eventually('half of it is there', async () => (await range()) === `0-${half.length - 1}`);
    await registry.stop('SIGKILL');
    await registry.start();
    assert.equal(await range(), `0-${half.length - 1}`);
    const rest = {
      body: new Uint8Array(half),
      headers: { 'Content-Range': `${half.length}-${2 * half.length - 1}` },
    };
    const digest = sha256(Buffer.concat([half, half]));
    assert.equal((await registry.ask('PUT', `${path}?digest=${digest}`, rest)).status, 201);
  });

  test('is whole after every kill, while images come and go and garbage is collected', async () => {
    for (let round = 0; round < 6; round++) {
      let ended = false;
      const pushing = [0, 1, 2].map(async (lane) => {
        for (let turn = 0; !ended; turn++) {
          const layer = Buffer.alloc(100_000 + turn, `${round}-${lane}-${turn}`);
          await pushImage(registry, `lane${lane}/app${turn % 4}`, layer).catch(() => undefined);
        }
      });
      const count = async () => (await readdir(`${registry.dataRoot}/blobs`)).length;
      const start = await count();
      await eventually('some blobs came', async () => Math.abs((await count()) - start) > 4);
      await registry.stop('SIGKILL');
      ended = true;
      await Promise.all(pushing);
      await registry.start(['--gc-interval', '0']);
      await checkWhole(registry);
      await registry.stop();
      await registry.start();
    }
    assert.ok((await checkWhole(registry)).length > 0);
  });
});

describe('a registry that is stopped', () => {
  test('lets a running answer end, takes no new ones, and ends with 0', async () => {
    await using registry = await startOwnRegistry();
    const layer = Buffer.alloc(48 << 20, 'large');
    const digest = await pushBlob(registry, 'a/b', layer);
    const [host = '', port = ''] = registry.address.split(':');
    const slow = createConnection({ host, port: Number(port) });
    slow.write(`GET /v2/a/b/blobs/${digest} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(slow, 'readable');
    const stopped = registry.stop();
    await eventually('nobody is let in any more', () =>
      registry.ask('GET', '/v2/').then(
        () => false,
        () => true,
      ),
    );
    let received = 0;
    for await (const chunk of slow) received += (chunk as Buffer).length;
    assert.ok(received > layer.length);
    assert.equal(await stopped, 0);
  });

  test('a second one on the same data root is refused', async () => {
    await using registry = await startOwnRegistry();
    const args = ['--listen', '127.0.0.1:0', '--data-root', registry.dataRoot];
    const second = await runProgram(`${repository}bin/wharf`, ['registry', 'serve', ...args]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /is in use by another registry/);
    assert.equal((await registry.ask('GET', '/v2/')).status, 200);
  });

  test('wrong settings are told, and right ones found right', async () => {
    const serve = (...args: string[]) => runProgram(`${repository}bin/wharf`, ['registry', 'serve', ...args]);
    const wrong = await serve('--colour', 'red');
    assert.deepEqual([wrong.code, wrong.stderr.split('\n')[0]], [1, 'unknown flag: --colour']);
    const missing = await serve('--config', '/nowhere/registry.json');
    assert.match(missing.stderr, /open \/nowhere\/registry.json: no such file or directory/);
    assert.equal((await serve('--validate', '--quota', '5g')).stdout, 'configuration OK\n');
    assert.match((await serve('--help')).stdout, /--audit-log FILE/);
  });
});

describe('a registry that speaks TLS', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp('/var/tmp/wharf-test-registry-tls-');
  });
  after(() => rm(folder, { recursive: true }));

  test('serves blobs, to clients with a certificate when it wants one', async () => {
    const authority = createAuthority(folder, 'authority');
    const { certificate, key } = authority.issue('server');
    const client = authority.issue('client');
    const args = ['--tls-cert', certificate, '--tls-key', key, '--tls-client-ca', authority.certificate];
    await using registry = await startOwnRegistry({ args });
    const ca = await readFile(authority.certificate);
    const pair = { cert: await readFile(client.certificate), key: await readFile(client.key) };
    const status = (path: string, own = {}) =>
      new Promise<number | undefined>((resolve, reject) => {
        const [host, port] = registry.address.split(':');
        request({ host, port, path, ca, agent: false, ...own }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode));
        })
          .on('error', reject)
          .end();
      });
    assert.equal(await status('/v2/', pair), 200);
    assert.equal(await status('/healthz', pair), 200);
    await assert.rejects(status('/v2/'));
  });
});

describe('a registry on a disk that is full', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp('/var/tmp/wharf-test-registry-disk-');
    const mounted = await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'none', folder]);
    assert.equal(mounted.code, 0, mounted.stderr);
  });
  after(async () => {
    await runProgram('umount', [folder]);
    await rm(folder, { recursive: true });
  });

  test('says so, serves on, and takes what fits once there is room', async () => {
    await using registry = await startOwnRegistry({ dataRoot: `${folder}/data`, args: ['--gc-grace', '0s'] });
    await pushImage(registry, 'team/first', Buffer.alloc(4 << 20, 'first'));
    await assert.rejects(pushBlob(registry, 'team/large', Buffer.alloc(32 << 20, 'large')), /507/);
    assert.deepEqual(await checkWhole(registry), ['team/first']);
    await registry.stop('SIGKILL');
    await registry.start();
    assert.deepEqual(await checkWhole(registry), ['team/first']);
    await pushImage(registry, 'team/second', Buffer.alloc(4 << 20, 'second'));
    assert.deepEqual(await checkWhole(registry), ['team/first', 'team/second']);
  });
});
