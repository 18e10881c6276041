import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type FakeRegistry, startFakeRegistry } from '../../src/registry/testing/fake-registry.ts';
import { busyboxLayer } from '../fixtures/busybox.ts';
import { dockerArchive, type FixtureImage, imageConfig, registryBlobs } from '../fixtures/image.ts';
import { makeTar, type TarEntry } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { eventually } from '../testing/programs.ts';
import { traces } from '../testing/traces.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('a layer that wants out', () => {
  const suite = useWharf();
  const { docker, ok } = suite;
  let registry: FakeRegistry;
  let clean: string[];
  before(async () => {
    registry = await startFakeRegistry();
    clean = traces(suite.wharf);
  });
  after(() => registry[Symbol.asyncDispose]());

  const name = () => `${registry.address}/bad:1`;
  const imageOf = (...layers: Buffer[]): FixtureImage => ({
    name: name(),
    layers: [busyboxLayer(), ...layers],
  });

  function serve(image: FixtureImage): void {
    const { blobs, manifest } = registryBlobs(image);
    for (const { bytes } of blobs) registry.addBlob(bytes);
    registry.addManifest('1', manifest.bytes.toString(), manifest.mediaType);
  }

  /** Files of layers that are taken away go while the client has its answer already. */
  const nothingIsLeft = () =>
    eventually('nothing is left', () => isDeepStrictEqual(traces(suite.wharf), clean));

  async function refused(told: RegExp, layer: Buffer): Promise<void> {
    const image = imageOf(layer);
    serve(image);
    for (const attempt of [
      await docker(['pull', name()]),
      await docker(['load'], { input: dockerArchive(image) }),
    ]) {
      assert.equal(attempt.code, 1, attempt.stdout);
      assert.match(attempt.stderr, told);
      await nothingIsLeft();
    }
  }

  /** Both ways in, what the shell script says inside, and nothing is left afterwards. */
  async function harmless(layers: Buffer[], script: string, said: string): Promise<void> {
    const image = imageOf(...layers);
    serve(image);
    for (const bring of [() => ok(['pull', name()]), () => ok(['load'], { input: dockerArchive(image) })]) {
      await bring();
      assert.equal(await ok(['run', '--rm', name(), 'sh', '-c', script]), said);
      await ok(['rmi', name()]);
    }
    await nothingIsLeft();
  }

  const entries = (...list: TarEntry[]) => makeTar(list);

  test('by .. in a name', () => refused(/outside of the layer/, entries({ path: '../../evil' })));
  test('by .. behind a folder', () => refused(/outside/, entries({ path: 'a/../../evil' })));
  test('by a symbolic link upwards', () =>
    refused(/outside/, entries({ path: 'a', type: 'symlink', target: '../../..' }, { path: 'a/evil' })));
  test('by a hard link', () =>
    refused(
      /does not have|outside/,
      entries({ path: 'a', type: 'hardlink', target: '../../../etc/passwd' }),
    ));
  test('by a hard link to a file of this machine', () =>
    refused(/does not have/, entries({ path: 'a', type: 'hardlink', target: '/proc/version' })));
  test('by an absolute name: it is taken below the root', () =>
    harmless(
      [entries({ path: '/tmp/wharf-test-absolute', content: 'x' })],
      'cat /tmp/wharf-test-absolute',
      'x',
    ));
  test('by an absolute symbolic link: it is followed below the root', () =>
    harmless(
      [
        entries(
          { path: 'etc/link', type: 'symlink', target: '/tmp' },
          { path: 'etc/link/in', content: 'in' },
        ),
      ],
      'cat /tmp/in',
      'in',
    ));
  test('by a link of a lower layer: its own folder hides the link', () =>
    harmless(
      [
        entries({ path: 'trap', type: 'symlink', target: '/etc' }),
        entries({ path: 'trap/passwd2', content: 'in' }),
      ],
      'cat /trap/passwd2; ls /etc/passwd2 2>&1 | head -1',
      'inls: /etc/passwd2: No such file or directory',
    ));
  test('by device nodes: they are there and closed', () =>
    harmless(
      [
        entries(
          { path: 'memory', type: 'character', device: [1, 1], mode: 0o666 },
          { path: 'nothing', type: 'character', device: [1, 3], mode: 0o666 },
          { path: 'pipe', type: 'fifo' },
        ),
      ],
      'ls -l /memory | cut -c1; head -c1 /memory 2>&1; head -c1 /nothing | wc -c; test -p /pipe && echo pipe',
      'c\nhead: /memory: Operation not permitted\n0\npipe',
    ));
  test('by a setuid file, an overlay attribute or a whiteout of everything', () =>
    harmless(
      [entries({ path: 'tmp/su', mode: 0o4755, content: 'x' }, { path: 'www/.wh..wh..opq' })],
      'stat -c %a /tmp/su; ls /www',
      '4755',
    ));
  test('a whole root of nothing but links in a circle', () =>
    refused(
      /too many levels/,
      entries(
        { path: 'a', type: 'symlink', target: 'b' },
        { path: 'b', type: 'symlink', target: 'a' },
        { path: 'a/x' },
      ),
    ));
  test('bytes that are no tar', () =>
    refused(/invalid tar header|EOF|missing/, Buffer.alloc(4096, 'no tar')));
  test('a tar that ends within a file', () =>
    refused(/EOF/, makeTar([{ path: 'x', content: Buffer.alloc(9000, 'y') }]).subarray(0, 4096)));
  test('a gzip that is cut', async () => {
    const cut = gzipSync(busyboxLayer()).subarray(0, 300_000);
    serve(imageOf());
    const pulled = await docker(['load'], { input: cut });
    assert.equal(pulled.code, 1);
    assert.match(pulled.stderr, /unexpected EOF/);
    await nothingIsLeft();
  });

  test('a quarter of a gigabyte of zeros in some kilobytes: it takes no room', async () => {
    const used = async () => {
      const { text } = await exchange(suite.wharf.socketPath, 'GET', '/system/df?data-root=1');
      const { DataRoot } = JSON.parse(text) as { readonly DataRoot: readonly { readonly Size: number }[] };
      return DataRoot.reduce((sum, { Size }) => sum + Size, 0);
    };
    const before = await used();
    const image = imageOf(makeTar([{ path: 'www/zeros', content: Buffer.alloc(256 << 20) }]));
    await ok(['load'], { input: gzipSync(dockerArchive(image), { level: 1 }) });
    const taken = (await used()) - before;
    assert.ok(taken < 64 << 20, `${taken} bytes`);
    assert.equal(await ok(['run', '--rm', name(), 'stat', '-c', '%s', '/www/zeros']), `${256 << 20}`);
    await ok(['rmi', name()]);
  });
  test('an archive of endless documents: it takes no memory', async () => {
    const document = Buffer.alloc(8 << 20, ' ');
    document.write('{');
    const entries = Array.from({ length: 40 }, (_, index) => ({ path: `${index}.json`, content: document }));
    const loaded = await docker(['load'], { input: gzipSync(makeTar(entries), { level: 1 }) });
    assert.equal(loaded.code, 1);
    assert.match(loaded.stderr, /invalid archive: its documents are too long/);
    await nothingIsLeft();
  });

  test('an archive whose config is no JSON, or whose layer is no layer: each is named', async () => {
    const manifest = JSON.stringify([{ Config: 'config', RepoTags: ['x:1'], Layers: ['layer'] }]);
    const load = (config: Buffer | string, layer: Buffer | string) => {
      const parts = { 'manifest.json': manifest, config, layer };
      const entries = Object.entries(parts).map(([path, content]) => ({ path, content }));
      return docker(['load'], { input: makeTar(entries) });
    };
    const layer = makeTar([{ path: 'x', content: 'x' }]);
    const unread = await load('not JSON', layer);
    assert.match(unread.stderr, /invalid archive: config is missing, or no JSON$/m);
    const config = imageConfig({ name: 'x:1', layers: [layer] });
    const unpacked = await load(config, 'not a layer');
    assert.match(unpacked.stderr, /invalid archive: layer is missing, or no layer$/m);
    await nothingIsLeft();
  });
});
