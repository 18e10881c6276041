import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type TarEntry, TarReader } from '#oci';
import { startFakeRegistry } from '../../src/registry/testing/fake-registry.ts';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import {
  type FixtureImage,
  imageConfig,
  ociLayout,
  type Pack,
  registryBlobs,
  sha256,
} from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { eventually } from '../testing/programs.ts';
import { traces } from '../testing/traces.ts';
import { useWharf } from '../testing/use-wharf.ts';

const base = busyboxImage('base:1');
const sibling: FixtureImage = {
  ...base,
  name: 'registry.example:5000/team/sibling:2',
  layers: [...base.layers, makeTar([{ path: 'own', content: 'of the sibling' }])],
};

const plain: Pack = (bytes) => ({ bytes, suffix: '' });
const gzip: Pack = (layer) => ({ bytes: gzipSync(layer, { level: 1 }), suffix: '+gzip' });
const zstd: Pack = (layer) => ({ bytes: zstdCompressSync(layer), suffix: '+zstd' });
const packs = [plain, gzip, zstd];

describe('save and load', () => {
  const suite = useWharf([base, sibling]);
  const { docker, ok } = suite;
  const scratch = mkdtempSync('/var/tmp/wharf-test-save-');
  after(() => rmSync(scratch, { recursive: true, force: true }));

  async function save(...args: string[]): Promise<Buffer> {
    const path = join(scratch, 'saved.tar');
    await ok(['save', '-o', path, ...args]);
    return readFileSync(path);
  }
  const idOf = (name: string) => ok(['image', 'inspect', '-f', '{{.Id}}', name]);

  test('G04 what is saved is an OCI layout and what docker save writes, each blob under its digest', async () => {
    const members = readMembers(await save('base:1'));
    const blobs = [...members].filter(([path]) => path.startsWith('blobs/sha256/') && !path.endsWith('/'));
    for (const [path, bytes] of blobs) assert.equal(`blobs/sha256/${sha256(bytes).slice(7)}`, path);
    assert.equal(blobs.length, 3);
    const [item] = parse(members, 'manifest.json');
    assert.deepEqual(item?.RepoTags, ['base:1']);
    assert.equal(item?.Config, `blobs/sha256/${sha256(imageConfig(base)).slice(7)}`);
    assert.deepEqual(
      item?.Layers,
      base.layers.map((layer) => `blobs/sha256/${sha256(layer).slice(7)}`),
    );
    const [entry] = parse(members, 'index.json').manifests;
    assert.equal(entry?.annotations?.['io.containerd.image.name'], 'docker.io/library/base:1');
    assert.deepEqual(parse(members, 'oci-layout'), { imageLayoutVersion: '1.0.0' });
    assert.equal(
      parse(members, 'repositories').base?.[1],
      sha256(base.layers[0] ?? Buffer.alloc(0)).slice(7),
    );
  });

  test('the same images give the same bytes, in one archive with the layers that they share', async () => {
    const both = await save('base:1', sibling.name);
    assert.ok(both.equals(await save('base:1', sibling.name)));
    const members = readMembers(both);
    assert.equal([...members.keys()].filter((path) => /^blobs\/sha256\/./.test(path)).length, 6);
    const ids = [await idOf('base:1'), await idOf(sibling.name)];
    await ok(['rmi', 'base:1', sibling.name]);
    assert.equal(await ok('load', { input: both }), `Loaded image: base:1\nLoaded image: ${sibling.name}`);
    assert.deepEqual([await idOf('base:1'), await idOf(sibling.name)], ids);
    assert.ok(both.equals(await save('base:1', sibling.name)));
  });

  test('a repository without a tag is saved with all its tags, an ID without a name', async () => {
    await ok('tag base:1 base:again');
    const tagged = parse(readMembers(await save('base')), 'manifest.json');
    assert.deepEqual(tagged[0]?.RepoTags, ['base:1', 'base:again']);
    const id = await idOf('base:1');
    const bare = readMembers(await save(id));
    assert.equal(parse(bare, 'manifest.json')[0]?.RepoTags, null);
    assert.equal(bare.has('repositories'), false);
    assert.equal(await ok('load', { input: await save(id) }), `Loaded image ID: ${id}`);
    await ok('rmi base:again');
  });

  test('what cannot be saved is told in Docker’s words', async () => {
    const refuses = async (args: string, text: string) => {
      const { code, stderr } = await docker(`save -o ${scratch}/none.tar ${args}`);
      assert.deepEqual([code, stderr.trim()], [1, `Error response from daemon: ${text}`]);
    };
    await refuses('absent:1', 'reference does not exist');
    await refuses('base:1 absent:1', 'reference does not exist');
    await refuses('absent', 'No such image: absent:latest');
    await refuses(
      '--platform linux/arm64 base:1',
      'no suitable export target found for platform linux/arm64',
    );
  });

  test('compressed layers of an OCI layout leave as they came, with their manifest', async () => {
    for (const pack of packs) {
      const own = makeTar([{ path: 'own', content: 'of its own' }]);
      const image = { ...busyboxImage('packed:1'), layers: [busyboxLayer([{ path: 'extra' }]), own] };
      const layout = ociLayout([image], pack);
      assert.equal(await ok('load', { input: layout }), 'Loaded image: packed:1');
      assert.equal(await ok('run --rm packed:1 cat /own'), 'of its own');
      const [came, left] = [readMembers(layout), readMembers(await save('packed:1'))];
      for (const [path, bytes] of came) {
        if (path.startsWith('blobs/')) assert.ok(left.get(path)?.equals(bytes), path);
      }
      await ok('rmi packed:1');
      assert.deepEqual(
        readdirSync(`${suite.wharf.dataRoot}/content`).filter((name) => came.has(`blobs/sha256/${name}`)),
        [],
      );
    }
  });

  test('several platforms come and go with their index and its attestations, or one by one', async () => {
    const own = busyboxImage('both:1', { Labels: { both: 'yes' } });
    const arm = { ...own, architecture: 'arm64' };
    const layout = ociLayout([arm, own], gzip);
    assert.equal(await ok('load', { input: layout }), 'Loaded image: both:1');
    assert.equal(await ok('run --rm both:1 cat /www/index.html'), '<h1>Hello from Wharf</h1>');
    const [came, left] = [readMembers(layout), readMembers(await save('both:1'))];
    for (const [path, bytes] of came) {
      if (path.startsWith('blobs/')) assert.ok(left.get(path)?.equals(bytes), path);
    }
    const named = parse(left, 'manifest.json').map(({ RepoTags }) => RepoTags);
    assert.deepEqual(named, [['both:1'], null]);
    assert.equal(
      parse(left, 'manifest.json')[0]?.Config,
      `blobs/sha256/${sha256(imageConfig(own)).slice(7)}`,
    );
    const one = parse(readMembers(await save('--platform', 'linux/arm64', 'both:1')), 'manifest.json');
    assert.deepEqual(
      one.map(({ Config }) => Config),
      [`blobs/sha256/${sha256(imageConfig(arm)).slice(7)}`],
    );
    await ok('rmi both:1');
    await ok('load --platform linux/arm64', { input: layout });
    assert.equal(await ok('image inspect -f {{.Architecture}} both:1'), 'arm64');
    await ok('rmi both:1');
    const { stderr } = await docker('load --platform linux/s390x', { input: layout });
    assert.match(stderr, /no suitable image found for platform linux\/s390x/);
  });

  test('a pulled image, whose compressed layers are not kept, is saved with the tars of its layers', async () => {
    await using registry = await startFakeRegistry();
    const name = `${registry.address}/pulled:1`;
    const { blobs, manifest } = registryBlobs({ ...sibling, name });
    for (const { bytes } of blobs) registry.addBlob(bytes);
    registry.addManifest('1', manifest.bytes.toString(), manifest.mediaType);
    await ok(['pull', '-q', name]);
    const id = await idOf(name);
    const archive = await save(name);
    const [item] = parse(readMembers(archive), 'manifest.json');
    assert.deepEqual(
      item?.Layers,
      sibling.layers.map((layer) => `blobs/sha256/${sha256(layer).slice(7)}`),
    );
    await ok(['rmi', name]);
    assert.equal(await ok('load', { input: archive }), `Loaded image: ${name}`);
    assert.equal(await idOf(name), id);
    await ok(['rmi', name]);
  });

  test('a layout whose blobs are not what they are named by is refused, and nothing of it stays', async () => {
    const layers = [makeTar([{ path: 'only', content: 'here' }])];
    for (const layout of [
      ociLayout([{ name: 'lie:1', layers }], plain),
      ociLayout([{ name: 'lie:1', layers }], gzip),
    ]) {
      for (const [path, bytes] of readMembers(layout)) {
        if (!path.startsWith('blobs/')) continue;
        const lying = Buffer.from(layout);
        const middle = bytes.byteOffset - layout.byteOffset + Math.floor(bytes.length / 2);
        lying[middle] = (lying[middle] ?? 0) ^ 1;
        const before = traces(suite.wharf);
        const { code, stderr } = await docker('load', { input: lying });
        assert.equal(code, 1);
        assert.match(stderr, /digest/);
        await eventually('nothing is left', () => isDeepStrictEqual(traces(suite.wharf), before));
      }
    }
    const sound = ociLayout([{ name: 'lie:1', layers }], gzip);
    assert.equal(await ok('load', { input: sound }), 'Loaded image: lie:1');
    await ok('rmi lie:1');
  });

  test('an image runs from its saved archive, however that or its layers are compressed', async () => {
    const saved = await save('base:1');
    const packed = (bytes: Buffer) => [
      gzipSync(bytes, { level: 1 }),
      zstdCompressSync(bytes),
      execFileSync('xz', ['-c', '-1'], { input: bytes, maxBuffer: 1 << 24 }),
      execFileSync('bzip2', ['-c', '-1'], { input: bytes, maxBuffer: 1 << 24 }),
    ];
    const [layer = Buffer.alloc(0)] = base.layers;
    const archives = packed(layer).map((bytes) => dockerArchiveOf(base, [bytes]));
    for (const archive of [...packed(saved), ...archives]) {
      await ok('rmi base:1');
      await ok('load -q', { input: archive });
      assert.equal(await ok('run --rm base:1 cat /www/index.html'), '<h1>Hello from Wharf</h1>');
    }
  });

  test('neither load nor save holds an image in memory', async () => {
    const layers = [makeTar([{ path: 'large', content: Buffer.alloc(150 << 20, 'not all zeros') }])];
    const path = join(scratch, 'large.tar');
    writeFileSync(path, dockerArchiveOf({ name: 'large:1', layers }, layers));
    const status = () => readFileSync(`/proc/${suite.wharf.pid}/status`, 'utf8');
    const bytesOf = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status())?.[1]) * 1024;
    const forgetPeak = '5';
    writeFileSync(`/proc/${suite.wharf.pid}/clear_refs`, forgetPeak);
    const before = bytesOf('VmRSS');
    await ok(['load', '-q', '-i', path]);
    await ok(['save', '-o', path, 'large:1']);
    assert.ok(bytesOf('VmHWM') - before < 100 << 20, `${before} bytes before, ${bytesOf('VmHWM')} at most`);
    await ok('rmi large:1');
  });
});

/** What older tools write: a docker archive with the image's layers as they are given. */
function dockerArchiveOf(image: FixtureImage, layers: readonly Buffer[]): Buffer {
  const config = imageConfig(image);
  const paths = layers.map((_, index) => `layer-${index}.tar`);
  const manifest = [{ Config: 'config.json', RepoTags: [image.name], Layers: paths }];
  return makeTar([
    ...layers.map((content, index) => ({ path: paths[index] ?? '', content })),
    { path: 'config.json', content: config },
    { path: 'manifest.json', content: JSON.stringify(manifest) },
  ]);
}

/** Members of an archive by their names. */
function readMembers(archive: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  const entry = ({ name, position, storedBytes }: TarEntry) => {
    members.set(name, archive.subarray(position, position + storedBytes));
  };
  new TarReader({ entry }).push(archive);
  return members;
}

function parse<Path extends keyof Documents>(
  members: ReadonlyMap<string, Buffer>,
  path: Path,
): Documents[Path] {
  return JSON.parse(String(members.get(path)));
}

/** The documents of an archive, as far as the tests look. */
interface Documents {
  readonly 'manifest.json': readonly {
    readonly Config: string;
    readonly RepoTags: readonly string[] | null;
    readonly Layers: readonly string[];
  }[];
  readonly 'index.json': {
    readonly manifests: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
  };
  readonly 'oci-layout': { readonly imageLayoutVersion: string };
  readonly repositories: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
