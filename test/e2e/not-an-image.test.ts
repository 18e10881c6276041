import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type FakeRegistry, refuse, startFakeRegistry } from '../../src/registry/testing/fake-registry.ts';
import { imageConfig, sha256 } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { traces } from '../testing/traces.ts';
import { useWharf } from '../testing/use-wharf.ts';

const tar = makeTar([{ path: 'file', content: 'content' }]);
const docker2 = 'application/vnd.docker.distribution.manifest.v2+json';
const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const dockerConfig = 'application/vnd.docker.container.image.v1+json';
const dockerLayer = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

interface Part {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

describe('manifests that lead to no image', () => {
  const suite = useWharf();
  let registry: FakeRegistry;
  before(async () => {
    registry = await startFakeRegistry();
  });
  after(() => registry[Symbol.asyncDispose]());

  const add = (mediaType: string, content: string | Buffer): Part => {
    const bytes = Buffer.from(content);
    return { mediaType, digest: registry.addBlob(bytes), size: bytes.length };
  };
  const config = (image = {}) => {
    const sound = JSON.parse(imageConfig({ name: '', layers: [tar] }).toString());
    return add(dockerConfig, JSON.stringify({ ...sound, ...image }));
  };
  const layer = (mediaType = dockerLayer) => add(mediaType, gzipSync(tar));
  const manifest = (parts: { config: Part; layers: readonly Part[] }, mediaType = docker2) =>
    JSON.stringify({ schemaVersion: 2, mediaType, ...parts });

  /** Pulling a tag that serves this fails so, and leaves nothing. */
  async function refuses(content: string, told: RegExp, mediaType = docker2): Promise<void> {
    registry.addManifest('bad', content, mediaType);
    const before = traces(suite.wharf);
    const pulled = await suite.docker(['pull', `${registry.address}/thing:bad`]);
    assert.equal(pulled.code, 1, pulled.stdout);
    assert.match(pulled.stderr, told);
    assert.deepEqual(traces(suite.wharf), before);
  }

  test('C33 schema 1', () =>
    refuses(
      '{"schemaVersion":1,"name":"thing","fsLayers":[],"signatures":[]}',
      /schema 1 has been removed.*deprecated-image-specs/,
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    ));
  test('a chart', () => {
    const parts = { config: add('application/vnd.cncf.helm.config.v1+json', '{}'), layers: [layer()] };
    return refuses(
      manifest(parts, ociManifest),
      /unsupported media type application\/vnd\.cncf\.helm\.config\.v1\+json/,
      ociManifest,
    );
  });
  test('a plugin', () => {
    const parts = { config: add('application/vnd.docker.plugin.v1+json', '{}'), layers: [layer()] };
    return refuses(
      manifest(parts),
      /Encountered remote "application\/vnd\.docker\.plugin\.v1\+json"\(plugin\)/,
    );
  });
  test('a layer of a strange type', () =>
    refuses(
      manifest({ config: config(), layers: [layer('application/x-strange')] }),
      /unsupported media type application\/x-strange/,
    ));
  test('a layer that may not be distributed', () => {
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: sha256(Buffer.from('elsewhere')),
      size: 9,
      urls: ['http://127.0.0.1:9/elsewhere'],
    };
    return refuses(manifest({ config: config(), layers: [foreign] }), /is not distributable/);
  });
  test('a system that does not run here', () =>
    refuses(
      manifest({ config: config({ os: 'windows' }), layers: [layer()] }),
      /image operating system "windows" cannot be used on this platform/,
    ));
  test('a config that is no JSON', () =>
    refuses(manifest({ config: add(dockerConfig, 'not json'), layers: [layer()] }), /invalid image config/));
  test('a config without layers', () =>
    refuses(manifest({ config: config({ rootfs: {} }), layers: [layer()] }), /invalid rootfs|rootfs/));
  test('other layers than the config has', () =>
    refuses(
      manifest({ config: config(), layers: [layer(), layer()] }),
      /layers from manifest don't match image configuration/,
    ));
  test('a layer of another diffID', () => {
    const rootfs = { type: 'layers', diff_ids: [sha256(Buffer.from('another'))] };
    return refuses(manifest({ config: config({ rootfs }), layers: [layer()] }), /diffID sha256:.*expected/);
  });
  test('a layer that is shorter, or longer, than its manifest says', async () => {
    const { size, ...sound } = layer();
    await refuses(manifest({ config: config(), layers: [{ ...sound, size: size + 9 }] }), /EOF|announced/);
    await refuses(manifest({ config: config(), layers: [{ ...sound, size: size - 9 }] }), /longer/);
  });
  test('a layer whose compressed bytes end early', () => {
    const cut = gzipSync(tar).subarray(0, -20);
    return refuses(manifest({ config: config(), layers: [add(dockerLayer, cut)] }), /EOF|diffID/);
  });
  test('a manifest of ten megabytes', () =>
    refuses(JSON.stringify({ schemaVersion: 2, mediaType: docker2, padding: 'x'.repeat(10e6) }), /too long/));
  test('an index that leads on without end', async () => {
    const platform = { os: 'linux', architecture: 'amd64' };
    let inner: object = { mediaType: ociIndex, digest: sha256(Buffer.from('none')), size: 9 };
    let content = '';
    for (let depth = 0; depth < 9; depth++) {
      content = JSON.stringify({
        schemaVersion: 2,
        mediaType: ociIndex,
        manifests: [{ ...inner, platform }],
      });
      const digest = registry.addManifest(`depth-${depth}`, content, ociIndex);
      inner = { mediaType: ociIndex, digest, size: Buffer.byteLength(content) };
    }
    await refuses(content, /leads to too many others/, ociIndex);
  });
  test('a registry that takes no token', async () => {
    registry.misbehave((request, response) => {
      if (request.url?.startsWith('/token')) {
        response.end('{"token":"ticket"}');
        return true;
      }
      response.setHeader('WWW-Authenticate', `Bearer realm="http://${registry.address}/token"`);
      refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
      return true;
    });
    registry.seen.length = 0;
    await refuses('', /pull access denied for .*unauthorized: authentication required/);
    assert.equal(registry.seen.length, 3);
    registry.misbehave(() => false);
  });
});
