import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { DiskUsage, ImageCheckReport, ImageDifference, ImageInspect } from '#api';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { dockerArchive, type FixtureImage, sha256 } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { eventually, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const base = busyboxImage('base:1');
const top = makeTar([
  { path: 'etc/.wh.group', content: '' },
  { path: 'srv/', type: 'directory' },
  { path: 'srv/boat', content: 'argo\n' },
]);
const boat: FixtureImage = { ...base, name: 'boat:1', layers: [busyboxLayer(), top] };

describe('the store of images', () => {
  const suite = useWharf([base, boat]);
  const { docker, ok } = suite;

  async function ask<T>(method: string, path: string): Promise<T> {
    const { text } = await exchange(suite.wharf.socketPath, method, path);
    return JSON.parse(text.trim().split('\n').at(-1) ?? '');
  }

  test('every byte of the data root is told, as du counts it', async () => {
    await ok([
      'run',
      '--name',
      'wrote',
      '-v',
      'heavy:/v',
      'base:1',
      'sh',
      '-c',
      'head -c 3000000 /dev/urandom > /v/x',
    ]);
    await suite.wharf.stop();
    await suite.wharf.start();
    const { DataRoot = [] } = await ask<DiskUsage>('GET', '/v1.51/system/df?data-root=1');
    const { stdout } = await runProgram('du', ['-s', '-B1', suite.wharf.dataRoot]);
    const told = DataRoot.reduce((sum, { Size }) => sum + Size, 0);
    assert.ok(Math.abs(told - Number(stdout.split('\t')[0])) <= 8192, `${told} is not ${stdout}`);
    const sizeOf = (name: string) => DataRoot.find(({ Name }) => Name === name)?.Size ?? 0;
    assert.ok(sizeOf('volumes') >= 3_000_000 && sizeOf('layers') > 1_000_000);
    assert.equal('DataRoot' in (await ask<DiskUsage>('GET', '/v1.51/system/df')), false);
    await ok('rm -v wrote');
    await ok('volume rm heavy');
  });

  test('the difference of two images is told without a container', async () => {
    const diff = await ask<ImageDifference[]>('GET', '/v1.51/images/base:1/diff?with=boat:1');
    assert.deepEqual(
      diff.filter(({ Kind }) => Kind !== 2),
      [
        { Path: '/srv', Kind: 1, SizeChange: 0 },
        { Path: '/srv/boat', Kind: 1, SizeChange: 5 },
      ],
    );
    const [gone] = diff.filter(({ Kind }) => Kind === 2);
    assert.equal(gone?.Path, '/etc/group');
    assert.ok((gone?.SizeChange ?? 0) < 0);
    const bare = await exchange(suite.wharf.socketPath, 'GET', '/images/base:1/diff');
    assert.equal(bare.status, 400);
    const absent = await exchange(suite.wharf.socketPath, 'GET', '/images/base:1/diff?with=none:1');
    assert.deepEqual([absent.status, JSON.parse(absent.text)], [404, { message: 'No such image: none:1' }]);
  });

  test('a damaged layer is found and its images named', async () => {
    const file = `${suite.wharf.dataRoot}/layers/${sha256(top).slice('sha256:'.length)}/layer.tar`;
    const whole = readFileSync(file);
    const check = async () => (await ask<{ aux: ImageCheckReport }>('POST', '/images/check?repair=1')).aux;
    assert.deepEqual((await check()).Findings, []);
    writeFileSync(file, Buffer.concat([whole.subarray(0, 2000), Buffer.from('?'), whole.subarray(2001)]));
    const [finding, ...more] = (await check()).Findings;
    assert.deepEqual(more, []);
    assert.deepEqual(finding, {
      Kind: 'layer',
      Digest: sha256(top),
      Problem: 'damaged',
      Images: ['boat:1'],
      Repaired: false,
      Reason: 'it came from no registry',
    });
    writeFileSync(file, whole);
    assert.deepEqual((await check()).Findings, []);
  });

  test('unused-for filters lists and prunes; inspect tells the last use', async () => {
    const used = async () => {
      const { Metadata } = await ask<ImageInspect>('GET', '/v1.51/images/boat:1/json');
      return Date.parse(Metadata.LastUsedTime);
    };
    const before = await used();
    await ok('run --rm boat:1 true');
    assert.ok((await used()) > before);
    assert.equal(await ok('images -q --filter unused-for=1d'), '');
    assert.equal((await ok('images -q --filter unused-for=0s')).split('\n').length, 2);
    assert.match((await docker('images --filter unused-for=never')).stderr, /invalid duration: "never"/);
    assert.match(await ok('image prune -af --filter unused-for=1d'), /^Total reclaimed space: 0B$/);
  });

  test('a run reads no more of an image of 20,000 files than of one of a few', async () => {
    const files = Array.from({ length: 20_000 }, (_, index) => ({
      path: `d${index % 100}/${index}`,
      content: 'x',
    }));
    const many: FixtureImage = { ...base, name: 'many:1', layers: [busyboxLayer(), makeTar(files)] };
    await ok('load -q', { input: dockerArchive(many) });
    /** The least of several runs: the daemon has other things to do too. */
    const reads = async (image: string) => {
      const runs: { rchar: number; syscr: number }[] = [];
      for (let round = 0; round < 5; round++) {
        const before = ioOf(suite.wharf.pid);
        await ok(['run', '--rm', image, 'true']);
        const now = ioOf(suite.wharf.pid);
        runs.push({ rchar: now.rchar - before.rchar, syscr: now.syscr - before.syscr });
      }
      const least = (key: 'rchar' | 'syscr') => Math.min(...runs.map((run) => run[key]));
      return { bytes: least('rchar'), calls: least('syscr') };
    };
    const [few, lots] = [await reads('base:1'), await reads('many:1')];
    const difference = `${JSON.stringify(few)} ${JSON.stringify(lots)}`;
    assert.ok(lots.bytes - few.bytes < 64 * 1024, difference);
    assert.ok(lots.calls - few.calls < 200, difference);
    await ok('rmi many:1');
  });

  test('a full disk lets unused images go, but neither those of containers nor those that are kept', async () => {
    await ok('tag base:1 kept/base:1');
    await ok('tag boat:1 raft:1');
    const alone: FixtureImage = { name: 'alone:1', layers: [makeTar([{ path: 'alone', content: 'x' }])] };
    const labelled: FixtureImage = {
      ...alone,
      name: 'label:1',
      config: { Labels: { 'wharf.keep': 'true' } },
    };
    await ok('load -q', { input: dockerArchive(alone, labelled) });
    await ok('create --name user boat:1 true');
    await suite.wharf.stop();
    const marks = ['high=1%', 'low=0%', 'unused-for=0s'].flatMap((mark) => ['--image-water-marks', mark]);
    await suite.wharf.start([...marks, '--image-keep', 'kept/*']);
    const tags = () =>
      ok(['images', '--format', '{{.Repository}}']).then((lines) => lines.split('\n').sort());
    await eventually('the unused image is gone', async () => !(await tags()).includes('alone'));
    assert.deepEqual(await tags(), ['base', 'boat', 'kept/base', 'label', 'raft']);
    assert.match(await ok('image prune -af'), /^Total reclaimed space: 0B$/);
    assert.match(suite.wharf.log(), /the disk is full: unused images were removed.*alone:1/);
    await suite.wharf.stop();
    await suite.wharf.start();
    await ok('rm user');
    await ok('rmi raft:1 kept/base:1 label:1');
  });

  test('names that are none, prefixes of several and images in use are refused in Docker’s words', async () => {
    const refusal = async (...args: string[]) => (await docker(args)).stderr.trim();
    assert.match(await refusal('rmi', 'Boat'), /repository name \(library\/Boat\) must be lowercase$/);
    assert.match(await refusal('rmi', 'none:1'), /No such image: none:1$/);
    assert.match(await refusal('rmi', `${'f'.repeat(64)}`), /No such image: sha256:f{64}$/);
    assert.match(await refusal('rmi', 'boat:1@x'), /invalid reference format$/);
    assert.match(
      await refusal('tag', 'boat:1', `x@sha256:${'0'.repeat(64)}`),
      /refusing to create a tag with a digest/,
    );
    assert.match(await refusal('tag', 'boat:1', 'UP:1'), /must be lowercase$/);
    assert.match(await refusal('images', '--filter', 'colour=red'), /invalid filter 'colour'$/);
    assert.match(
      await refusal('images', '--filter', 'dangling=perhaps'),
      /invalid filter 'dangling=\[perhaps\]'$/,
    );
    assert.match(await refusal('images', '--filter', 'before=none:1'), /No such image: none:1$/);
    await ok('run -d --name busy boat:1 sleep 99');
    const id = await ok('images -q boat:1');
    assert.match(
      await refusal('rmi', 'boat:1'),
      /unable to remove repository reference "boat:1" \(must force\)/,
    );
    assert.match(
      await refusal('rmi', '-f', id),
      /\(cannot be forced\) - image is being used by running container/,
    );
    assert.equal(await ok('rmi -f boat:1'), 'Untagged: boat:1');
    assert.equal(await ok('exec busy cat /srv/boat'), 'argo');
    await ok('rm -f busy');
    assert.match(await ok('image prune -f'), new RegExp(`^deleted: sha256:${id}`, 'm'));
    await ok('load -q', { input: dockerArchive(boat) });
  });
});

/** How much a process has read, and how often. */
function ioOf(pid: number): { rchar: number; syscr: number } {
  const lines = readFileSync(`/proc/${pid}/io`, 'utf8').matchAll(/^(\w+): (\d+)$/gm);
  const { rchar = 0, syscr = 0 } = Object.fromEntries(
    [...lines].map(([, key, value]) => [key, Number(value)]),
  );
  return { rchar, syscr };
}
