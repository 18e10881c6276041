import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cutHalfWay, startFakeRegistry } from '../../src/registry/testing/fake-registry.ts';
import { busyboxLayer } from '../fixtures/busybox.ts';
import { dockerArchive, type FixtureImage, registryBlobs } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { eventually } from '../testing/programs.ts';
import { traces } from '../testing/traces.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('an image on its way in', () => {
  const suite = useWharf();
  const { docker, ok } = suite;
  const noise = Buffer.alloc(
    8 << 20,
    Uint8Array.from({ length: 4099 }, (_, index) => (index * 131) % 251),
  );
  const image: FixtureImage = {
    name: 'big:1',
    layers: [busyboxLayer(), ...['a', 'b', 'c'].map((path) => makeTar([{ path, content: noise }]))],
  };

  async function serveIt() {
    const registry = await startFakeRegistry();
    const { blobs, manifest } = registryBlobs(image);
    for (const { bytes } of blobs) registry.addBlob(bytes);
    registry.addManifest('1', manifest.bytes.toString(), manifest.mediaType);
    return { registry, name: `${registry.address}/big:1` };
  }

  test('leaves nothing when the daemon is killed at any moment of a pull or load', async () => {
    const { registry, name } = await serveIt();
    await using _closing = registry;
    const before = traces(suite.wharf);
    const archive = dockerArchive(image);
    for (let delay = 15; delay < 240; delay += 25) {
      const both = [docker(['pull', name]), docker(['load'], { input: archive })];
      await sleep(delay);
      await suite.wharf.stop('SIGKILL');
      await Promise.all(both);
      await suite.wharf.start();
      await docker(['rmi', name, 'big:1']);
      assert.deepEqual(traces(suite.wharf), before, `after ${delay} ms`);
    }
    await ok(['pull', '-q', name]);
    assert.equal(await ok(['run', '--rm', name, 'sh', '-c', 'cat /a /b /c | wc -c']), `${3 * noise.length}`);
    await ok(['rmi', name]);
  });

  test('is brought once for two pulls, and is whole beside a removal and another load', async () => {
    const { registry, name } = await serveIt();
    await using _closing = registry;
    const before = traces(suite.wharf);
    const archive = dockerArchive(image);
    await Promise.all([ok(['pull', '-q', name]), ok(['pull', '-q', name])]);
    const blobs = registry.seen.filter(({ path }) => path.includes('/blobs/')).map(({ path }) => path);
    const layers = blobs.filter((path) => !path.endsWith(registryBlobs(image).blobs.at(-1)?.digest ?? ''));
    assert.equal(new Set(layers).size, layers.length);
    for (let round = 0; round < 5; round++) {
      await Promise.all([
        docker(['rmi', name]),
        ok(['pull', '-q', name]),
        ok(['load', '-q'], { input: archive }),
        ok(['load', '-q'], { input: archive }),
      ]);
      await ok(['pull', '-q', name]);
      assert.equal(
        await ok(['run', '--rm', name, 'sh', '-c', 'cat /a /b /c | wc -c']),
        `${3 * noise.length}`,
      );
    }
    await ok(['rmi', name, 'big:1']);
    assert.deepEqual(traces(suite.wharf), before);
  });

  test('is given up when its client goes', async () => {
    const { registry, name } = await serveIt();
    await using _closing = registry;
    const before = traces(suite.wharf);
    const layer = registryBlobs(image).blobs[1];
    registry.misbehave((request, response) => {
      if (layer === undefined || request.url?.endsWith(layer.digest) !== true) return false;
      cutHalfWay(response, layer.bytes, Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0));
      return true;
    });
    await docker(['pull', name], { timeoutMs: 300 }).catch(() => undefined);
    await eventually('nothing is left', () => {
      const now = traces(suite.wharf);
      return now.length === before.length && now.every((trace, index) => trace === before[index]);
    });
  });
});
