import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { dockerArchive, type FixtureImage } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { useWharf } from '../testing/use-wharf.ts';

const base = busyboxLayer();
const upper = makeTar([
  { path: 'etc/.wh.group', content: '' },
  { path: 'srv/', type: 'directory' },
  { path: 'srv/boat', content: 'argo\n', mode: 0o640, uid: 1000, gid: 1000 },
]);
const layered = (name: string): FixtureImage => ({
  name,
  layers: [base, upper],
  config: { Cmd: ['sh'], Env: ['PATH=/bin'], Labels: { crew: '50' } },
});

describe('images', () => {
  const suite = useWharf();
  const { docker, ok } = suite;
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry();
    await registry.push(busyboxImage('lib/base:1'));
    await registry.push(layered('lib/boat:1'));
  });
  after(() => registry[Symbol.asyncDispose]());
  const at = (name: string) => `${registry.address}/${name}`;

  test('C03 C07 C09 N07 pull shows each layer, the digest and the status', async () => {
    const first = await ok(['pull', at('lib/base:1')]);
    assert.match(first, /^1: Pulling from lib\/base$/m);
    assert.match(first, /^[0-9a-f]{12}: Pull complete$/m);
    assert.match(first, /^Digest: sha256:[0-9a-f]{64}$/m);
    assert.match(first, /^Status: Downloaded newer image for 127\.0\.0\.1:\d+\/lib\/base:1$/m);
    assert.match(await ok(['pull', at('lib/base:1')]), /Status: Image is up to date for/);
    assert.match(await ok(['pull', at('lib/boat:1')]), /^[0-9a-f]{12}: Already exists$/m);
  });

  test('A24 C26 layers stack: files are added, and hidden by whiteouts', async () => {
    assert.equal(await ok(['run', '--rm', at('lib/boat:1'), 'cat', '/srv/boat']), 'argo');
    assert.equal(
      await ok(['run', '--rm', at('lib/boat:1'), 'stat', '-c', '%a %u %g', '/srv/boat']),
      '640 1000 1000',
    );
    assert.notEqual((await docker(['run', '--rm', at('lib/boat:1'), 'cat', '/etc/group'])).code, 0);
    assert.match(await ok(['run', '--rm', at('lib/base:1'), 'cat', '/etc/group']), /wheel/);
  });

  test('C10 C11 C12 images lists name, tag, id, age and size', async () => {
    const table = (await ok('images')).split('\n');
    assert.match(table[0] ?? '', /^REPOSITORY\s+TAG\s+IMAGE ID\s+CREATED\s+SIZE$/);
    assert.ok(
      table.some((line) => /lib\/base\s+1\s+[0-9a-f]{12}\s+.*ago\s+[\d.]+MB$/.test(line)),
      table.join('\n'),
    );
    assert.equal((await ok(['images', at('lib/boat:1')])).split('\n').length, 2);
    assert.match(await ok(['images', '-q', at('lib/boat:1')]), /^[0-9a-f]{12}$/);
  });

  test('C13 C14 C15 C16 an id’s first characters name the image; tags are aliases', async () => {
    const id = await ok(['images', '-q', at('lib/base:1')]);
    assert.equal(await ok(['run', '--rm', id.slice(0, 6), 'echo', 'short']), 'short');
    await ok(['tag', id, 'web/nodejs:v2']);
    assert.equal(await ok('images -q web/nodejs:v2'), id);
    const untagged = await ok('rmi web/nodejs:v2');
    assert.equal(untagged, 'Untagged: web/nodejs:v2');
    assert.equal(await ok(['images', '-q', at('lib/base:1')]), id);
  });

  test('C16 C18 the last tag deletes the image and its layers, by any of its names', async () => {
    await ok('load -q', {
      input: dockerArchive({ name: 'gone:1', layers: [makeTar([{ path: 'only', content: 'here' }])] }),
    });
    const output = await ok('image rm gone:1');
    assert.match(output, /^Untagged: gone:1\nDeleted: sha256:[0-9a-f]{64}\nDeleted: sha256:[0-9a-f]{64}$/);
    const missing = await docker('image rm gone:1');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /No such image: gone:1/);
  });

  test('C18 an image is removed by its digest, others in the same call go on', async () => {
    await ok(['pull', at('lib/boat:1')]);
    const [digest = ''] = (await ok(['inspect', '-f', '{{join .RepoDigests " "}}', at('lib/boat:1')])).split(
      ' ',
    );
    assert.match(digest, /@sha256:/);
    const output = await docker(['image', 'rm', 'nosuch:1', digest]);
    assert.equal(output.code, 1);
    assert.match(output.stderr, /No such image: nosuch:1/);
    await ok(['pull', at('lib/boat:1')]);
  });

  test('C17 N08 an image that a container uses is not removed', async () => {
    await ok(['create', '--name', 'user', at('lib/boat:1')]);
    const refused = await docker(['rmi', at('lib/boat:1')]);
    assert.match(
      refused.stderr,
      /conflict: unable to remove repository reference ".*lib\/boat:1" \(must force\) - container [0-9a-f]{12} is using its referenced image [0-9a-f]{12}/,
    );
    await ok('rm user');
  });

  test('C28 history has a row for each layer', async () => {
    const rows = (await ok(['history', at('lib/boat:1')])).split('\n');
    assert.match(rows[0] ?? '', /^IMAGE\s+CREATED\s+CREATED BY\s+SIZE\s+COMMENT$/);
    assert.match(rows[1] ?? '', /^[0-9a-f]{12}\s.*layer 2/);
    assert.match(rows[2] ?? '', /^<missing>\s.*layer 1/);
  });

  test('C27 C29 inspect shows the image’s config', async () => {
    const [image] = JSON.parse(await ok(['inspect', at('lib/boat:1')]));
    assert.equal(image.Config.Labels.crew, '50');
    assert.deepEqual(image.Config.Cmd, ['sh']);
    assert.equal(image.RootFS.Layers.length, 2);
    assert.equal(image.Os, 'linux');
    assert.ok(image.Size > base.length / 2);
  });

  test('C30 C31 a moved tag brings the new image', async () => {
    await registry.push({ name: 'lib/moving:6', layers: [base] });
    await ok(['pull', at('lib/moving:6')]);
    const before = await ok(['images', '-q', '--no-trunc', at('lib/moving:6')]);
    await registry.push(layered('lib/moving:6'));
    assert.match(await ok(['pull', at('lib/moving:6')]), /Downloaded newer image/);
    assert.notEqual(await ok(['images', '-q', '--no-trunc', at('lib/moving:6')]), before);
  });

  test('G05 load takes plain and compressed archives, by file and by input', async () => {
    const folder = mkdtempSync('/var/tmp/wharf-test-load-');
    const archive = dockerArchive({ name: 'carried:1', layers: [base] });
    writeFileSync(`${folder}/a.tar`, archive);
    assert.equal(await ok(`load -i ${folder}/a.tar`), 'Loaded image: carried:1');
    assert.equal(await ok('load', { input: gzipSync(archive) }), 'Loaded image: carried:1');
    rmSync(folder, { recursive: true });
  });

  test('G05 wharf load hands over an open file, and sends what is none', async () => {
    const folder = mkdtempSync('/var/tmp/wharf-test-load-');
    const archive = dockerArchive({ name: 'handed:1', layers: [base] });
    const load = (name: string) => suite.wharf.wharf(['load', '-i', `${folder}/${name}`]);
    writeFileSync(`${folder}/a.tar`, archive);
    writeFileSync(`${folder}/a.tar.gz`, gzipSync(archive));
    writeFileSync(`${folder}/cut.tar`, archive.subarray(0, archive.length >> 1));
    execFileSync('mkfifo', [`${folder}/pipe`]);
    for (const name of ['a.tar', 'a.tar.gz']) {
      assert.deepEqual(await load(name), { code: 0, stdout: 'Loaded image: handed:1\n', stderr: '' });
    }
    const cut = await load('cut.tar');
    assert.deepEqual([cut.code, cut.stdout], [1, '']);
    assert.match(cut.stderr, /unexpected EOF/);
    const loading = load('pipe');
    writeFileSync(`${folder}/pipe`, archive);
    assert.equal((await loading).stdout, 'Loaded image: handed:1\n');
    rmSync(folder, { recursive: true });
  });

  test('a layer that climbs out of the root is refused, and nothing of it stays', async () => {
    const bad = [
      makeTar([{ path: '../escape', content: 'x' }]),
      makeTar([
        { path: 'link', type: 'symlink', target: '/etc' },
        { path: 'link/../../escape', content: 'x' },
      ]),
      makeTar([{ path: 'hard', type: 'hardlink', target: '../../etc/passwd' }]),
      base.subarray(0, 3000),
    ];
    for (const [index, layer] of bad.entries()) {
      const output = await docker('load', {
        input: dockerArchive({ name: `bad:${index}`, layers: [layer] }),
      });
      assert.equal(output.code, 1, `layer ${index} loaded: ${output.stdout}`);
      assert.equal((await docker(`inspect bad:${index}`)).code, 1);
    }
  });

  test('D12 errors of names and registries are clear', async () => {
    const name = await docker('pull Not/Valid');
    assert.match(name.stderr, /invalid reference format: repository name .* must be lowercase/);
    const unknown = await docker(['pull', at('lib/nothing:1')]);
    assert.match(unknown.stderr, /manifest for .*lib\/nothing:1 not found: manifest unknown|not found/);
    const down = await docker('pull 127.0.0.1:1/x:1');
    assert.match(down.stderr, /connection refused/i);
  });
});
