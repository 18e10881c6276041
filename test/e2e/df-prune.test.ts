import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, test } from 'node:test';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import { runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const shared = busyboxLayer();
const base = { ...busyboxImage('base:1'), layers: [shared] };
const child = {
  ...busyboxImage('child:1'),
  layers: [shared, makeTar([{ path: 'weight', content: Buffer.alloc(3_000_000, 1) }])],
};

describe('df and prune', () => {
  const suite = useWharf([base, child]);
  const { docker, ok } = suite;

  async function api(method: string, path: string): Promise<{ status: number | undefined; json: unknown }> {
    const sent = request({ socketPath: suite.wharf.socketPath, path, method }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const text = Buffer.concat(await answer.toArray()).toString();
    return { status: answer.statusCode, json: JSON.parse(text) };
  }

  const post = (path: string, filters?: object) =>
    api('POST', filters ? `${path}?filters=${encodeURIComponent(JSON.stringify(filters))}` : path);

  interface Usage {
    readonly LayersSize: number;
    readonly Images:
      | readonly { Size: number; SharedSize: number; Containers: number; RepoTags: string[] }[]
      | null;
    readonly Containers: readonly { SizeRw?: number; SizeRootFs: number }[] | null;
    readonly Volumes: readonly { Name: string; UsageData: { Size: number; RefCount: number } }[] | null;
    readonly BuildCache: readonly object[] | null;
  }
  const usage = async (query = '') => (await api('GET', `/v1.51/system/df${query}`)).json as Usage;

  /** Bytes that a folder of the data root takes on disk. */
  async function du(folder: string): Promise<number> {
    const { stdout } = await runProgram('du', ['-s', '-B1', `${suite.wharf.dataRoot}/${folder}`]);
    return Number(stdout.split('\t')[0]);
  }

  test('A39 C25 what images share is told, and counted once; numbers are those of du', async () => {
    const { LayersSize, Images } = await usage();
    const bytesOf = (name: string) => Images?.find(({ RepoTags }) => RepoTags[0] === name);
    const [small, large] = [bytesOf('base:1'), bytesOf('child:1')];
    assert.ok(small && large && Images);
    assert.equal(small.SharedSize, small.Size);
    assert.equal(large.SharedSize, small.Size);
    assert.equal(large.Size - large.SharedSize, 3_000_000);
    assert.ok(LayersSize < small.Size + large.Size);
    assert.ok(Math.abs((await du('layers')) - LayersSize) <= 4096);
    const table = (await ok('system df -v')).split('\n');
    assert.match(table.find((line) => line.startsWith('child')) ?? '', /\s3MB\s+0$/);
  });

  test('containers and volumes are measured, while they are written too', async () => {
    const write = 'head -c 5000000 /dev/zero > made; head -c 2000000 /dev/urandom > /v/made';
    await ok(['run', '--name', 'wrote', '-v', 'heavy:/v', 'base:1', 'sh', '-c', write]);
    const busy = 'i=0; while :; do mkdir -p /v/$i/x; touch /v/$i/x/y; rm -rf /v/$i; i=$((i+1)); done';
    await ok(['run', '-d', '--name', 'writes', '-v', 'busy:/v', 'base:1', 'sh', '-c', busy]);
    for (let round = 0; round < 20; round++) assert.equal((await usage()).Containers?.length, 2);
    await ok('rm -f writes');
    await ok('volume rm busy');
    const { Containers, Volumes, BuildCache, Images } = await usage();
    assert.equal(Containers?.[0]?.SizeRw, 5_000_000);
    const heavy = Volumes?.find(({ Name }) => Name === 'heavy');
    assert.equal(heavy?.UsageData.RefCount, 1);
    assert.ok(Math.abs((heavy?.UsageData.Size ?? 0) - 2_000_000) < 100_000);
    assert.ok(Math.abs((await du('volumes/heavy/_data')) - (heavy?.UsageData.Size ?? 0)) <= 4096);
    assert.deepEqual(BuildCache, []);
    assert.equal(Images?.find(({ RepoTags }) => RepoTags[0] === 'base:1')?.Containers, 1);
    await ok('rm wrote');
    await ok('volume rm heavy');
  });

  test('type= leaves out all else, and must be one', async () => {
    const only = await usage('?type=volume');
    const nothing = { LayersSize: 0, Images: null, Containers: null, BuildCache: null };
    assert.deepEqual(only, { ...nothing, Volumes: [] });
    const two = await usage('?type=image&type=build-cache');
    assert.deepEqual([two.Images?.length, two.BuildCache, two.Volumes], [2, [], null]);
    const bad = await api('GET', '/v1.51/system/df?type=bogus');
    assert.deepEqual(bad, { status: 400, json: { message: 'unknown object type: bogus' } });
  });

  test('container prune takes those that do not run and pass the filter', async () => {
    await ok('run --name labelled -l keep=yes base:1 true');
    await ok(['run', '--name', 'filled', 'base:1', 'sh', '-c', 'head -c 1000 /dev/zero > x']);
    await ok('create --name new base:1');
    await ok('run -d --name runs base:1 sleep 99');
    const ids = (await ok('ps -aq --no-trunc --filter name=filled --filter name=new')).split('\n');
    assert.deepEqual((await post('/containers/prune', { until: ['1h'] })).json, {
      ContainersDeleted: null,
      SpaceReclaimed: 0,
    });
    const first = await post('/containers/prune', { 'label!': ['keep=yes'] });
    const { ContainersDeleted, SpaceReclaimed } = first.json as {
      ContainersDeleted: string[];
      SpaceReclaimed: number;
    };
    assert.deepEqual([ContainersDeleted.sort(), SpaceReclaimed], [ids.sort(), 1000]);
    assert.match(await ok('container prune -f --filter label=keep'), /Total reclaimed space: 0B/);
    assert.equal(await ok('ps -a --format {{.Names}}'), 'runs');
    await ok('rm -f runs');
  });

  test('what is labelled wharf.keep=true is spared', async () => {
    const keep = ['--label', 'wharf.keep=true'];
    await ok(['volume', 'create', ...keep, 'dear']);
    await ok(['network', 'create', ...keep, 'dear']);
    await ok(['run', '--name', 'dear', ...keep, 'base:1', 'true']);
    await ok('container prune -f');
    await ok('volume prune -af');
    await ok('network prune -f');
    await ok('rm dear');
    await ok('volume rm dear');
    await ok('network rm dear');
  });

  test('C21 image prune takes dangling images, with -a all that no container uses', async () => {
    await ok('create --name still base:1');
    const dangling = await ok('commit still');
    await ok('tag base:1 base:2');
    assert.deepEqual((await post('/images/prune', { until: ['1h'] })).json, {
      ImagesDeleted: null,
      SpaceReclaimed: 0,
    });
    assert.match(await ok('image prune -f'), new RegExp(`deleted: ${dangling}`));
    const all = (await post('/images/prune', { dangling: ['false'] })).json as {
      ImagesDeleted: readonly { Untagged?: string; Deleted?: string }[];
      SpaceReclaimed: number;
    };
    assert.deepEqual(all.ImagesDeleted[0], { Untagged: 'child:1' });
    assert.equal(all.SpaceReclaimed, 3_000_000);
    assert.deepEqual((await ok('images --format {{.Repository}}:{{.Tag}}')).split('\n').sort(), [
      'base:1',
      'base:2',
    ]);
    await ok('rm still');
  });

  test('volume prune takes anonymous volumes, with all the named; network prune what nobody is on', async () => {
    await ok('volume create named');
    await ok('volume create --label keep=1 other');
    await ok('run --name anon -v /data base:1 true');
    await ok('rm anon');
    assert.equal((await ok('volume ls -q')).split('\n').length, 3);
    const { VolumesDeleted } = (await post('/volumes/prune')).json as { VolumesDeleted: string[] };
    assert.deepEqual(
      VolumesDeleted.map((name) => name.length),
      [64],
    );
    assert.match(await ok('volume prune -a -f --filter label!=keep'), /Deleted Volumes:\nnamed\n/);
    assert.equal(await ok('volume ls -q'), 'other');
    await ok('volume rm other');
    for (const name of ['idle', 'used', 'kept']) await ok(`network create --label n=${name} ${name}`);
    await ok('run -d --name member --network used base:1 sleep 99');
    assert.equal(await ok('network prune -f --filter label!=n=kept'), 'Deleted Networks:\nidle\n');
    await ok('rm -f member');
    const { json } = await post('/networks/prune');
    assert.deepEqual((json as { NetworksDeleted: string[] }).NetworksDeleted.sort(), ['kept', 'used']);
    assert.deepEqual((await post('/networks/prune')).json, { NetworksDeleted: null });
  });

  test('system prune asks for each prune in turn', async () => {
    await ok('run --name over base:1 true');
    const told = await ok('system prune -f');
    assert.match(told, /^Deleted Containers:\n[0-9a-f]{64}\n(?:.*\n)*Total reclaimed space: 0B$/);
    assert.deepEqual((await post('/build/prune')).json, { CachesDeleted: null, SpaceReclaimed: 0 });
  });

  test('one prune of a kind at a time, and filters are checked', async () => {
    for (let index = 0; index < 5; index++) await ok('create base:1');
    const answers = await Promise.all([1, 2, 3].map(() => post('/containers/prune')));
    const busy = { status: 409, json: { message: 'a prune operation is already running' } };
    assert.deepEqual(answers.slice(1), [busy, busy]);
    assert.equal(answers[0]?.status, 200);
    const refusals = [
      ['/containers/prune', { x: ['y'] }, "invalid filter 'x'"],
      ['/images/prune', { x: ['y'] }, "invalid filter 'x'"],
      ['/networks/prune', { x: ['y'] }, "invalid filter 'x'"],
      ['/volumes/prune', { x: ['y'] }, "invalid filter 'x'"],
      ['/images/prune', { dangling: ['y'] }, "invalid filter 'dangling=[y]'"],
      ['/images/prune', { until: ['y'] }, 'failed to parse value as time or duration: "y"'],
      ['/containers/prune', { until: ['1h', '2h'] }, 'more than one until filter specified'],
    ] as const;
    for (const [path, filters, message] of refusals) {
      assert.deepEqual(await post(path, filters), { status: 400, json: { message } }, path);
    }
    assert.match((await docker('volume prune -f --filter until=1h')).stderr, /invalid filter 'until'/);
  });
});
