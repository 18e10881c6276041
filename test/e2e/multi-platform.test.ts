import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostPlatform } from '#oci';
import { busyboxImage } from '../fixtures/busybox.ts';
import type { FixtureImage } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

const native = hostPlatform().architecture;
const own: FixtureImage = { ...busyboxImage('own:1'), architecture: native };
const strange = (architecture: string): FixtureImage => ({
  name: 'strange:1',
  architecture,
  layers: [makeTar([{ path: architecture, content: architecture }])],
});

describe('several platforms of one name', () => {
  const suite = useWharf();
  const { docker, ok } = suite;
  let registry: TestRegistry;
  let boat: string;
  before(async () => {
    registry = await startRegistry();
    boat = `${registry.address}/lib/boat:1`;
    await registry.pushIndex('lib/boat:1', [strange('s390x'), own, strange('riscv64')]);
  });
  after(() => registry[Symbol.asyncDispose]());

  const architecture = async (...flags: string[]) =>
    ok(['image', 'inspect', ...flags, '-f', '{{.Architecture}}', boat]);

  test('a name means this machine’s platform, and others by --platform', async () => {
    await ok(['pull', '-q', '--platform', 'linux/s390x', boat]);
    assert.equal(await architecture(), 's390x');
    await ok(['pull', '-q', boat]);
    assert.equal(await architecture(), native);
    assert.equal(await architecture('--platform', 'linux/s390x'), 's390x');
    assert.equal(await ok(['run', '--rm', boat, 'echo', 'ahoy']), 'ahoy');
    const absent = await docker(['image', 'inspect', '--platform', 'linux/riscv64', boat]);
    assert.match(absent.stderr, /its platform \(linux\/\w+\) does not match .* \(linux\/riscv64\)/);
    assert.equal((await ok('images -q')).split('\n').length, 1);
    assert.equal((await ok(['history', '-q', '--platform', 'linux/s390x', boat])).split('\n').length, 1);
  });

  test('images --tree shows every platform, and what of it is here', async () => {
    await ok(['create', '--name', 'moored', boat]);
    const tree = (await ok('images --tree')).split('\n');
    const row = (platform: string) => tree.find((line) => line.includes(platform)) ?? '';
    assert.match(row('lib/boat:1'), /lib\/boat:1\s+[0-9a-f]{12}\s/);
    assert.match(row(`linux/${native}`), /[0-9a-f]{12}\s+[\d.]+MB\s+[\d.]+\w?B/);
    assert.match(row('linux/s390x'), /[0-9a-f]{12}\s+[\d.]+\w?B\s+[\d.]+\w?B/);
    assert.match(row('linux/riscv64'), /[0-9a-f]{12}\s+0B\s+0B/);
    await ok('rm moored');
  });

  test('inspect and list tell descriptors and manifests by API 1.48, and not before', async () => {
    const get = async (path: string) =>
      JSON.parse((await exchange(suite.wharf.socketPath, 'GET', path)).text);
    const index = await ok(['image', 'inspect', '-f', '{{.Descriptor.Digest}}', boat]);
    const [row] = await get('/v1.48/images/json?manifests=1');
    assert.equal(row.Descriptor.digest, index);
    assert.equal(row.Descriptor.mediaType, 'application/vnd.oci.image.index.v1+json');
    const kinds = row.Manifests.map(({ Kind, Available }: { Kind: string; Available: boolean }) => [
      Kind,
      Available,
    ]);
    assert.deepEqual(kinds.slice(0, 3), [
      ['image', true],
      ['image', true],
      ['image', false],
    ]);
    assert.deepEqual(kinds[3], ['attestation', true]);
    const [old] = await get('/v1.46/images/json?manifests=1');
    assert.deepEqual([old.Descriptor, old.Manifests], [undefined, undefined]);
    await ok(['create', '--name', 'moored', boat]);
    const [container] = await get('/v1.48/containers/json?all=1');
    assert.equal(container.ImageManifestDescriptor.digest, row.Manifests[1].ID);
    const { ImageManifestDescriptor } = await get('/v1.51/containers/moored/json');
    assert.deepEqual(ImageManifestDescriptor, row.Manifests[1].Descriptor);
    assert.equal('ImageManifestDescriptor' in (await get('/v1.47/containers/moored/json')), false);
    await ok('rm moored');
    const platform = encodeURIComponent('{"os":"linux","architecture":"s390x"}');
    assert.deepEqual(await get(`/v1.49/images/${boat}/json?manifests=1&platform=${platform}`), {
      message: 'conflicting options: manifests and platform options cannot both be set',
    });
  });

  test('rm --platform takes one platform, rm the rest', async () => {
    const gone = await ok(['image', 'rm', '--platform', 'linux/s390x', boat]);
    assert.match(gone, /^Deleted: sha256:[0-9a-f]{64}$/m);
    assert.equal(await architecture(), native);
    const again = await docker(['image', 'rm', '--platform', 'linux/s390x', boat]);
    assert.equal(again.code, 1);
    await ok(['pull', '-q', '--platform', 'linux/s390x', boat]);
    await ok(['rmi', boat]);
    assert.equal(await ok('images -aq'), '');
  });

  test('a prune leaves no platform of a name behind', async () => {
    await ok(['pull', '-q', boat]);
    await ok(['pull', '-q', '--platform', 'linux/s390x', boat]);
    assert.match(await ok('image prune -f'), /^Total reclaimed space: 0B$/);
    await ok('image prune -af');
    assert.equal(await ok('images -aq'), '');
    assert.match(await ok('system df'), /^Images\s+0\s+0\s+0B/m);
  });
});
