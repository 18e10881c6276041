import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { openPodman, type Podman } from '../testing/podman.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('archives of podman', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  let podman: Podman;
  before(async () => {
    podman = await openPodman();
  });
  after(() => podman?.[Symbol.asyncDispose]());
  const at = (name: string) => `${podman.folder}/${name}`;

  test('podman loads what is saved here, as the same image', async () => {
    await ok(['save', '-o', at('saved.tar'), 'base:1']);
    assert.match(await podman.ok(['load', '-q', '-i', at('saved.tar')]), /Loaded image: .*base:1/);
    const id = await podman.ok(['image', 'inspect', '-f', '{{.Id}}', 'base:1']);
    assert.equal(`sha256:${id}`, await ok('image inspect -f {{.Id}} base:1'));
  });

  for (const format of ['docker-archive', 'oci-archive']) {
    test(`what podman saves as ${format} loads here, is saved again, and is still podman’s image`, async () => {
      const name = `localhost/from-podman:${format}`;
      await podman.ok(['tag', 'base:1', name]);
      await podman.ok(['save', '-q', '--format', format, '-o', at(`${format}.tar`), name]);
      assert.equal(await ok(['load', '-i', at(`${format}.tar`)]), `Loaded image: ${name}`);
      assert.equal(await ok(['run', '--rm', name, 'cat', '/www/index.html']), '<h1>Hello from Wharf</h1>');
      await ok(['save', '-o', at('again.tar'), name]);
      const before = await podman.ok(['image', 'inspect', '-f', '{{.Id}}', name]);
      await podman.ok(['rmi', name]);
      await podman.ok(['load', '-q', '-i', at('again.tar')]);
      assert.equal(await podman.ok(['image', 'inspect', '-f', '{{.Id}}', name]), before);
    });
  }
});
