import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { digestOf } from '#base';
import { busyboxImage } from '../fixtures/busybox.ts';
import { skopeo } from '../testing/skopeo.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('archives of other tools', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const folder = mkdtempSync('/var/tmp/wharf-test-skopeo-');
  after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => `${folder}/${name}`;

  /** Loads an archive, runs its image, and gives its ID; the image goes again. */
  async function bring(archive: string, name: string): Promise<string> {
    assert.equal(await ok(['load', '-i', at(archive)]), `Loaded image: ${name}`);
    assert.equal(await ok(['run', '--rm', name, 'cat', '/www/index.html']), '<h1>Hello from Wharf</h1>');
    return ok(['image', 'inspect', '-f', '{{.Id}}', name]);
  }

  test('skopeo reads what is saved as an OCI layout, layers as they are', async () => {
    await ok(['save', '-o', at('saved.tar'), 'base:1']);
    await skopeo(folder, ['copy', '-q', `oci-archive:${at('saved.tar')}:1`, `oci:${at('layout')}:1`]);
    const raw = await skopeo(folder, ['inspect', '--raw', `oci:${at('layout')}:1`]);
    const index = JSON.parse(readFileSync(at('layout/index.json'), 'utf8'));
    assert.equal(index.manifests[0].digest, digestOf(raw));
    const config = await skopeo(folder, ['inspect', '--config', '--raw', `oci:${at('layout')}:1`]);
    assert.equal(digestOf(config), await ok('image inspect -f {{.Id}} base:1'));
  });

  test('skopeo’s OCI archives load, compressed in every way, and are saved as they came', async () => {
    const id = await ok('image inspect -f {{.Id}} base:1');
    for (const format of ['gzip', 'zstd', 'zstd:chunked']) {
      const name = `from-skopeo:${format.replace(':', '-')}`;
      const options = ['--dest-compress-format', format, `oci:${at('layout')}:1`];
      await skopeo(folder, ['copy', '-q', ...options, `oci-archive:${at('came.tar')}:${name}`]);
      assert.equal(await bring('came.tar', name), id);
      const came = await skopeo(folder, ['inspect', '--raw', `oci-archive:${at('came.tar')}:${name}`]);
      await ok(['save', '-o', at('left.tar'), name]);
      const tag = format.replace(':', '-');
      assert.equal(await skopeo(folder, ['inspect', '--raw', `oci-archive:${at('left.tar')}:${tag}`]), came);
      await ok(['rmi', name]);
    }
  });

  test('docker archives go both ways', async () => {
    await skopeo(folder, [
      'copy',
      '-q',
      `docker-archive:${at('saved.tar')}`,
      `docker-archive:${at('b.tar')}:again:1`,
    ]);
    const id = await bring('b.tar', 'again:1');
    await ok(['save', '-o', at('c.tar'), 'again:1']);
    const config = await skopeo(folder, ['inspect', '--config', '--raw', `docker-archive:${at('c.tar')}`]);
    assert.equal(digestOf(config), id);
  });
});
