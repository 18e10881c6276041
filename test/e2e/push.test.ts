import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { busyboxImage } from '../fixtures/busybox.ts';
import { startCuttingProxy } from '../fixtures/cutting-proxy.ts';
import { dockerArchive, type FixtureImage, ociLayout, type Pack } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Bytes that no compressor shortens. */
function noise(size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 64) }, (_, at) =>
    createHash('sha512').update(String(at)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

const layer = (name: string, size = 100) => makeTar([{ path: name, content: noise(size) }]);
const boat: FixtureImage = { name: 'boat:1', layers: [layer('hull'), layer('sail', 3 << 20)] };

/** As eStargz has it: a gzip member for each piece, and a last one without content that tells where the index is. */
const packSeekable: Pack = (tar) => {
  const starts = Array.from({ length: Math.ceil(tar.length / 65_536) }, (_, at) => at * 65_536);
  const members = starts.map((start) => gzipSync(tar.subarray(start, start + 65_536)));
  const place = Buffer.concat(members.slice(0, -1)).length.toString(16).padStart(16, '0');
  const head = Buffer.from('1f8b080400000000' + '00ff' + '1a00' + '5347' + '1600', 'hex');
  const footer = [head, Buffer.from(`${place}STARGZ`), Buffer.from('010000ffff', 'hex'), Buffer.alloc(8)];
  return { bytes: Buffer.concat([...members, ...footer]), suffix: '+gzip' };
};

const pack: Pack = (tar) => ({ bytes: gzipSync(tar, { level: 9 }), suffix: '+gzip' });

interface Served {
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
}

/** What a registry has under a name. */
async function served(registry: TestRegistry, name: string): Promise<Served> {
  const [repository, tag] = name.split(':');
  const response = await fetch(`http://${registry.address}/v2/${repository}/manifests/${tag}`, {
    headers: {
      Accept: [
        'application/vnd.oci.image.index.v1+json',
        'application/vnd.oci.image.manifest.v1+json',
        'application/vnd.docker.distribution.manifest.v2+json',
      ].join(', '),
    },
  });
  assert.equal(response.status, 200, name);
  const text = await response.text();
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { digest, mediaType: response.headers.get('content-type') ?? '', text };
}

describe('push', () => {
  const suite = useWharf([boat, busyboxImage('box:1')]);
  const { docker, ok } = suite;
  let registry: TestRegistry;
  let other: TestRegistry;
  before(async () => {
    [registry, other] = await Promise.all([startRegistry(), startRegistry()]);
  });
  after(() => Promise.all([registry, other].map((one) => one[Symbol.asyncDispose]())));
  const at = (name: string, where = registry) => `${where.address}/${name}`;

  async function tagAndPush(image: string, name: string): Promise<string> {
    await ok(['tag', image, name]);
    return ok(['push', name]);
  }

  test('D08 a push shows each layer and ends with the digest that the registry has', async () => {
    const output = await tagAndPush('boat:1', at('fleet/boat:1'));
    const lines = output.split('\n');
    assert.equal(lines[0], `The push refers to repository [${at('fleet/boat')}]`);
    assert.equal(lines.filter((line) => /^[0-9a-f]{12}: Preparing$/.test(line)).length, 2);
    assert.equal(lines.filter((line) => /^[0-9a-f]{12}: Pushed$/.test(line)).length, 2);
    const { digest, mediaType, text } = await served(registry, 'fleet/boat:1');
    assert.equal(lines.at(-1), `1: digest: ${digest} size: ${text.length}`);
    assert.equal(mediaType, 'application/vnd.docker.distribution.manifest.v2+json');
    const digests = await ok(['inspect', '-f', '{{json .RepoDigests}}', 'boat:1']);
    assert.deepEqual(JSON.parse(digests), [at(`fleet/boat@${digest}`)]);
  });

  test('D08 a second push finds its layers there, another repository takes them over', async () => {
    const again = await tagAndPush('boat:1', at('fleet/boat:2'));
    assert.equal(again.match(/: Layer already exists$/gm)?.length, 2);
    const mounted = await tagAndPush('boat:1', at('dock/boat:1'));
    assert.equal(mounted.match(/: Mounted from fleet\/boat$/gm)?.length, 2);
    const digests = ['fleet/boat:1', 'fleet/boat:2', 'dock/boat:1'].map((name) => served(registry, name));
    assert.equal(new Set((await Promise.all(digests)).map(({ digest }) => digest)).size, 1);
  });

  test('D09 push without a tag means latest, with --all-tags every tag', async () => {
    await ok(['tag', 'boat:1', at('tags/boat')]);
    assert.match(await ok(['push', at('tags/boat')]), /^Using default tag: latest$/m);
    await ok(['tag', 'boat:1', at('tags/boat:next')]);
    const all = await ok(['push', '-a', at('tags/boat')]);
    assert.deepEqual(
      all.match(/^\w+: digest: /gm)?.map((line) => line.split(':')[0]),
      ['latest', 'next'],
    );
    assert.equal(await ok(['push', '-q', at('tags/boat:next')]), at('tags/boat:next'));
  });

  test('what is pushed runs where it is pulled', async () => {
    await tagAndPush('box:1', at('box:1'));
    await ok(['rmi', at('box:1'), 'box:1']);
    assert.equal(await ok(['run', '--rm', at('box:1'), 'echo', 'ahoy']), 'ahoy');
  });

  test('a pulled image goes byte for byte to the same registry, another repository, another registry', async () => {
    await registry.push({ ...boat, layers: [layer('keel'), layer('mast', 200_000)] }, 'lib/came:1');
    const { digest } = await served(registry, 'lib/came:1');
    await ok(['pull', '-q', at('lib/came:1')]);
    for (const [where, name] of [
      [registry, 'lib/came:2'],
      [registry, 'dock/came:1'],
      [other, 'far/came:1'],
    ] as const) {
      await tagAndPush(at('lib/came:1'), at(name, where));
      assert.equal((await served(where, name)).digest, digest, name);
    }
  });

  test('a pulled image is compressed anew when nobody has its layers any more', async () => {
    const gone = await startRegistry();
    await gone.push({ ...boat, layers: [layer('wreck')] }, 'lib/wreck:1');
    await ok(['pull', '-q', at('lib/wreck:1', gone)]);
    await gone[Symbol.asyncDispose]();
    const output = await tagAndPush(at('lib/wreck:1', gone), at('lib/wreck:1'));
    assert.match(output, /^[0-9a-f]{12}: Pushed$/m);
    await ok(['rmi', at('lib/wreck:1', gone), at('lib/wreck:1')]);
    await ok(['pull', '-q', at('lib/wreck:1')]);
  });

  test('what a registry has is known when an image that was removed comes again', async () => {
    const input = dockerArchive({ ...boat, name: 'again:1', layers: [layer('again')] });
    for (const told of [/: Pushed$/m, /: Layer already exists$/m]) {
      await ok('load -q', { input });
      assert.match(await tagAndPush('again:1', at('again:1')), told);
      await ok(['rmi', 'again:1', at('again:1')]);
    }
  });

  test('a loaded OCI layout of compressed layers is pushed as it came', async () => {
    const archive = ociLayout([{ ...boat, name: 'layout:1', layers: [layer('plank')] }], pack);
    await ok('load -q', { input: archive });
    const known = JSON.parse(await ok(['image', 'inspect', '-f', '{{json .Descriptor.digest}}', 'layout:1']));
    await tagAndPush('layout:1', at('layout:1'));
    assert.equal((await served(registry, 'layout:1')).digest, known);
  });

  test('an eStargz layer runs, and goes as it came', async () => {
    const toc = JSON.stringify({ version: 1, entries: [{ name: 'hold', type: 'reg', size: 300_000 }] });
    const [base = Buffer.alloc(0)] = busyboxImage('x:1').layers;
    const tar = makeTar([
      { path: '.no.prefetch.landmark', content: 'x' },
      { path: 'hold', content: noise(300_000) },
      { path: 'stargz.index.json', content: toc },
    ]);
    const seekable: FixtureImage = { ...busyboxImage('seekable:1'), layers: [base, tar] };
    await ok('load -q', { input: ociLayout([seekable], packSeekable) });
    const known = JSON.parse(
      await ok(['image', 'inspect', '-f', '{{json .Descriptor.digest}}', 'seekable:1']),
    );
    await tagAndPush('seekable:1', at('seekable:1'));
    assert.equal((await served(registry, 'seekable:1')).digest, known);
    await ok(['rmi', 'seekable:1', at('seekable:1')]);
    await ok(['pull', '-q', at('seekable:1')]);
    const seen = await ok([
      'run',
      '--rm',
      at('seekable:1'),
      'sh',
      '-c',
      'wc -c < hold; cat stargz.index.json',
    ]);
    assert.equal(seen, `300000\n${toc}`);
  });

  test('an index goes whole with its attestations, or one platform of it when that is asked for', async () => {
    const images = ['amd64', 'arm64'].map((architecture) => ({
      name: 'multi:1',
      architecture,
      layers: [layer(`for-${architecture}`)],
    }));
    await ok('load -q', { input: ociLayout(images, pack) });
    await tagAndPush('multi:1', at('multi:1'));
    const index = await served(registry, 'multi:1');
    assert.equal(index.mediaType, 'application/vnd.oci.image.index.v1+json');
    const { manifests } = JSON.parse(index.text) as { manifests: { digest: string }[] };
    assert.equal(manifests.length, 4);
    for (const { digest } of manifests) {
      const url = `http://${registry.address}/v2/multi/manifests/${digest}`;
      const accept = { headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' } };
      assert.equal((await fetch(url, accept)).status, 200);
    }
    await ok(['tag', 'multi:1', at('single:1')]);
    await ok(['push', '--platform', 'linux/arm64', at('single:1')]);
    assert.equal((await served(registry, 'single:1')).digest, manifests[1]?.digest);
  });

  test('of an index that is here in part the present platform is pushed, and the user is told', async () => {
    const images = ['amd64', 's390x'].map((architecture) => ({
      name: 'part:1',
      architecture,
      layers: [layer(`part-${architecture}`)],
    }));
    await ok(['load', '-q', '--platform', 'linux/amd64'], { input: ociLayout(images, pack) });
    const output = await tagAndPush('part:1', at('part:1'));
    assert.match(output, /Not all multiplatform-content is present/);
    assert.equal((await served(registry, 'part:1')).mediaType, 'application/vnd.oci.image.manifest.v1+json');
  });

  test('refusals are told in Docker’s words', async () => {
    const refusals: readonly [readonly string[], RegExp][] = [
      [['push', 'nosuch/image:1'], /^An image does not exist locally with the tag: nosuch\/image$/m],
      [['push', at('fleet/boat:9')], /^tag does not exist: 127\.0\.0\.1:\d+\/fleet\/boat:9$/m],
      [
        ['push', '--platform', 'linux/arm64', at('fleet/boat:1')],
        /was found but its platform \(linux\/amd64\) does not match the specified platform \(linux\/arm64\)$/m,
      ],
    ];
    for (const [args, told] of refusals) {
      const { code, stderr } = await docker(args);
      assert.deepEqual([code, told.test(stderr)], [1, true], stderr);
    }
  });

  test('what makes no sense is refused before anything is told', async () => {
    const push = (query: string) =>
      exchange(suite.wharf.socketPath, 'POST', `/v1.48/images/boat/push?${query}`);
    for (const [query, told] of [
      [`tag=sha256:${'0'.repeat(64)}`, 'invalid tag format'],
      ['tag=1&platform=linux/amd64', /^failed to parse platform: /],
    ] as const) {
      const { status, text } = await push(query);
      const { message } = JSON.parse(text) as { message: string };
      assert.equal(status, 400);
      if (typeof told === 'string') assert.equal(message, told);
      else assert.match(message, told);
    }
  });

  test('an upload that is cut goes on where it was', async () => {
    await using way = await startCuttingProxy(registry.address);
    const name = `${way.address}/cut/boat:1`;
    const fresh = { ...boat, name: 'fresh:1', layers: [layer('fresh', 4 << 20)] };
    await ok('load -q', { input: dockerArchive(fresh) });
    way.cutAfter(1 << 20, 2 << 20);
    const output = await tagAndPush('fresh:1', name);
    assert.equal(way.cuts, 2);
    assert.match(output, /^[0-9a-f]{12}: Pushed$/m);
    await served(registry, 'cut/boat:1');
    await ok(['rmi', name, 'fresh:1']);
    await ok(['pull', '-q', at('cut/boat:1')]);
  });

  test('two pushes of one layer at once share its upload', async () => {
    const shared = { ...boat, name: 'shared:1', layers: [layer('shared', 3 << 20)] };
    await ok('load -q', { input: dockerArchive(shared) });
    const names = ['1', '2', '3'].map((tag) => at(`shared/boat:${tag}`));
    const outputs = await Promise.all(names.map((name) => tagAndPush('shared:1', name)));
    for (const output of outputs) assert.match(output, /: (Pushed|Layer already exists)$/m);
    const digests = await Promise.all(['1', '2', '3'].map((tag) => served(registry, `shared/boat:${tag}`)));
    assert.equal(new Set(digests.map(({ digest }) => digest)).size, 1);
  });
});

describe('push with credentials', () => {
  const suite = useWharf([boat]);
  const { docker, ok } = suite;
  let registry: TestRegistry;
  before(async () => {
    registry = await startRegistry({ user: 'ada' });
  });
  after(() => registry[Symbol.asyncDispose]());

  test('D05 who has not logged in is refused; docker login lets push and pull', async () => {
    const name = `${registry.address}/boat:1`;
    await ok(['tag', 'boat:1', name]);
    const refused = await docker(['push', name]);
    assert.deepEqual([refused.code, refused.stderr.trim()], [1, 'no basic auth credentials']);
    const login = ['login', '-u', 'ada', '--password-stdin', registry.address];
    assert.notEqual((await docker(login, { input: 'wrong' })).code, 0);
    assert.match(await ok(login, { input: 'secret' }), /^Login Succeeded$/m);
    assert.match(await ok(['push', name]), /^1: digest: sha256:[0-9a-f]{64} size: \d+$/m);
    await ok(['rmi', name, 'boat:1']);
    await ok(['pull', '-q', name]);
    await ok(['logout', registry.address]);
    const old = { username: 'ada', password: 'secret' };
    const path = `/v1.24/images/${registry.address}/boat/push?tag=1`;
    assert.match((await exchange(suite.wharf.socketPath, 'POST', path, old)).text, /"aux"/);
    assert.notEqual((await docker(['push', name])).code, 0);
  });
});
