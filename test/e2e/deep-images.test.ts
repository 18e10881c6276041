import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive, type FixtureImage } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Every layer has a file of its own, and its number in one that all have. */
function deepImage(layers: number): FixtureImage {
  const base = busyboxImage(`deep:${layers}`);
  const others = Array.from({ length: layers - base.layers.length }, (_, at) =>
    makeTar([
      { path: `own-${at}`, content: `${at}` },
      { path: 'last', content: `${at}` },
    ]),
  );
  return { ...base, layers: [...base.layers, ...others] };
}

describe('images of many layers', () => {
  const most = 498;
  const suite = useWharf([deepImage(300), deepImage(most)]);
  const { docker, ok } = suite;

  test('run, as many as overlayfs stacks', async () => {
    for (const layers of [300, most]) {
      const look = `cat own-0 last; echo changed > last; rm own-7; cat last; ls own-7`;
      const { stdout, code } = await docker(['run', '--rm', `deep:${layers}`, 'sh', '-c', look]);
      assert.equal(stdout, `0${layers - 2}changed\n`);
      assert.equal(code, 1);
    }
  });

  test('are looked at, changed and committed like any other', async () => {
    await ok(['run', '-d', '--name', 'deep', 'deep:300', 'sleep', '1000']);
    await ok(['exec', 'deep', 'sh', '-c', 'echo more > mine']);
    assert.equal(await ok(['diff', 'deep']), 'A /mine');
    await ok(['cp', 'deep:/own-5', `${suite.wharf.folder}/own-5`]);
    await ok(['commit', 'deep', 'deeper:1']);
    assert.equal(await ok(['run', '--rm', 'deeper:1', 'cat', 'mine', 'own-5']), 'more\n5');
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    await ok(['restart', '-t', '0', 'deep']);
    assert.equal(await ok(['exec', 'deep', 'cat', 'mine']), 'more');
  });

  test('are refused when they could not be run', async () => {
    const input = dockerArchive(deepImage(most + 1));
    const loaded = await docker(['load'], { input });
    assert.match(loaded.stderr, /max depth exceeded\n$/);
    await ok(['run', '--name', 'deepest', `deep:${most}`, 'touch', 'mine']);
    const committed = await docker(['commit', 'deepest']);
    assert.match(committed.stderr, /max depth exceeded/);
    await ok(['export', '-o', `${suite.wharf.folder}/deepest.tar`, 'deepest']);
  });
});
