import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startPlugin } from '../../src/engine/volumes/testing/plugin.ts';
import { busyboxImage } from '../fixtures/busybox.ts';
import { seededRandom } from '../fixtures/mutations.ts';
import { between, fillRandomly } from '../fixtures/random-tree.ts';
import { member, rawTar } from '../fixtures/raw-tar.ts';
import { describeTree } from '../testing/describe-tree.ts';
import { exchange } from '../testing/exchange.ts';
import { buildKillAtEffect, strike } from '../testing/kill-at-effect.ts';
import { runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Every effect with WHARF_TEST_FAULTS=all; otherwise one of sixteen, others each time. */
const stride = process.env.WHARF_TEST_FAULTS === 'all' ? 1 : 16;

describe('whole contents of volumes', () => {
  const plugins = mkdtempSync('/var/tmp/wharf-test-plugins-');
  const suite = useWharf([busyboxImage('base:1')], { args: ['--plugin-socket-dir', plugins] });
  const { docker, ok } = suite;
  const wharf = (...args: readonly string[]) => suite.wharf.wharf(args);
  const wharfOk = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await wharf(...args);
    assert.equal(code, 0, stderr);
    return stdout.trimEnd();
  };
  const folderOf = (volume: string) => join(suite.wharf.dataRoot, 'volumes', volume, '_data');
  const treeOf = (volume: string) => describeTree(Buffer.from(folderOf(volume)));
  const volumes = async () => (await ok('volume ls -q')).split('\n').filter(Boolean);

  after(() => rmSync(plugins, { recursive: true }));
  before(async () => {
    await ok('volume create --label deck=low cargo');
    fillRandomly(folderOf('cargo'), seededRandom(5), 150);
  });

  test('import of what export has written makes the same tree, whatever the compression', async () => {
    for (const compression of ['none', 'gzip', 'zstd']) {
      const file = join(suite.wharf.folder, `cargo.${compression}`);
      await wharfOk('volume', 'export', '-c', compression, '-o', file, 'cargo');
      assert.equal(await wharfOk('volume', 'import', compression, file), compression);
      assert.deepEqual(treeOf(compression), treeOf('cargo'));
      rmSync(file);
    }
    await ok('volume rm none gzip zstd');
  });

  test('GNU tar reads what export writes, and import what GNU tar writes', async () => {
    const file = join(suite.wharf.folder, 'cargo.tar');
    const [unpacked, again] = [join(suite.wharf.folder, 'unpacked'), join(suite.wharf.folder, 'again')];
    for (const folder of [unpacked, again]) mkdirSync(folder);
    const flags = ['--xattrs', '--xattrs-include=*', '--numeric-owner'];
    const tar = async (...args: readonly string[]) => {
      const { code, stderr } = await runProgram('tar', [...flags, ...args]);
      assert.equal(code, 0, stderr);
    };
    await wharfOk('volume', 'export', '-o', file, 'cargo');
    await tar('-xpf', file, '-C', unpacked);
    assert.deepEqual(describeTree(Buffer.from(unpacked)), treeOf('cargo'));
    await tar('--format=posix', '--sparse', '-cf', file, '-C', unpacked, '.');
    await wharfOk('volume', 'import', 'back', file);
    // GNU tar itself loses some: hard links of devices.
    await tar('-xpf', file, '-C', again);
    assert.deepEqual(treeOf('back'), describeTree(Buffer.from(again)));
    await ok('volume rm back');
  });

  test('holes are neither sent nor filled', async () => {
    await ok('volume create holes');
    await runProgram('truncate', ['-s', '10G', join(folderOf('holes'), 'vast')]);
    const file = join(suite.wharf.folder, 'holes.tar');
    await wharfOk('volume', 'export', '-o', file, 'holes');
    assert.ok(statSync(file).size < 10_000);
    await wharfOk('volume', 'import', 'again', file);
    await wharfOk('volume', 'clone', 'holes', 'copy');
    for (const volume of ['again', 'copy']) {
      const { size, blocks } = statSync(join(folderOf(volume), 'vast'));
      assert.deepEqual([size, blocks], [10 * 1024 ** 3, 0]);
    }
    await ok('volume rm holes again copy');
  });

  test('clone copies the tree and the labels', async () => {
    await wharfOk('volume', 'clone', 'cargo', 'copy');
    assert.deepEqual(treeOf('copy'), treeOf('cargo'));
    assert.equal(await ok(['volume', 'inspect', '-f', '{{.Labels.deck}}', 'copy']), 'low');
    assert.match((await wharf('volume', 'clone', 'cargo', 'copy')).stderr, /volume copy is not empty/);
    await ok('volume rm copy');
  });

  test('volumes that are elsewhere are filled and kept in the same way, and let go of', async () => {
    await using _plugin = await startPlugin(join(plugins, 'cloud.sock'), join(plugins, 'cloud'));
    const bound = join(plugins, 'bound');
    mkdirSync(bound);
    await ok(['volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${bound}`, 'bound']);
    await ok('volume create -d cloud far');
    const file = join(suite.wharf.folder, 'cargo.tar');
    await wharfOk('volume', 'export', '-o', file, 'cargo');
    for (const name of ['bound', 'far']) {
      await wharfOk('volume', 'import', name, file);
      await wharfOk('volume', 'snapshot', 'create', name, 'kept');
      await ok(['run', '--rm', '-v', `${name}:/data`, 'base:1', 'sh', '-c', 'rm -rf /data/*']);
      await wharfOk('volume', 'restore', '--force', name, 'kept');
      await wharfOk('volume', 'clone', name, 'near');
      assert.deepEqual(treeOf('near'), treeOf('cargo'));
      await wharfOk('volume', 'snapshot', 'rm', `${name}@kept`);
      await ok('volume rm near');
    }
    assert.deepEqual(describeTree(Buffer.from(bound)), treeOf('cargo'));
    assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(folderOf('bound')));
    assert.match((await wharf('volume', 'rename', 'far', 'near')).stderr, /cannot be renamed/);
    await ok('volume rm bound far');
  });

  test('snapshots share what has not changed, are listed and counted, and come back', async () => {
    const snapshot = (...args: readonly string[]) => wharfOk('volume', 'snapshot', ...args);
    const before = treeOf('cargo');
    const id = await snapshot('create', 'cargo', 'first');
    await ok('run --rm -v cargo:/data base:1 touch /data/new');
    await snapshot('create', 'cargo', 'second');
    assert.match(
      await snapshot('ls', 'cargo'),
      /^[0-9a-f]{12} +cargo +second .*\n[0-9a-f]{12} +cargo +first /m,
    );
    assert.equal(await snapshot('ls', '-q', 'none'), '');
    assert.match(await wharfOk('system', 'df'), /^Volume Snapshots +2 +0 /m);
    assert.match((await wharf('volume', 'restore', 'cargo', 'first')).stderr, /volume cargo is not empty/);
    await wharfOk('volume', 'restore', '--force', 'cargo', 'first');
    assert.deepEqual(treeOf('cargo'), before);
    await wharfOk('volume', 'rename', 'cargo', 'other');
    await wharfOk('volume', 'restore', 'again', 'other@second');
    assert.equal(treeOf('again').size, before.size + 1);
    await wharfOk('volume', 'rename', 'other', 'cargo');
    assert.match((await wharf('volume', 'restore', 'again', 'none')).stderr, /no such snapshot: none/);
    await snapshot('rm', id, 'cargo@second');
    assert.deepEqual(readdirSync(join(suite.wharf.dataRoot, 'volume-snapshots')), []);
    await ok('volume rm again');
  });

  test('import refuses what holds something or is used, and what is no archive', async () => {
    await ok('volume create full');
    await ok('run -d --name user -v full:/data base:1 sleep 60');
    await ok('exec user touch /data/kept');
    const file = join(suite.wharf.folder, 'cargo.tar');
    await wharfOk('volume', 'export', '-o', file, 'cargo');
    const refused = async (...args: readonly string[]) => (await wharf('volume', 'import', ...args)).stderr;
    assert.match(await refused('full', file), /used by running containers/);
    assert.match(await refused('--force', 'full', file), /used by running containers/);
    await ok('stop -t 0 user');
    assert.match(await refused('full', file), /volume full is not empty/);
    writeFileSync(`${file}.bad`, readFileSync(file).subarray(0, 30_000));
    assert.match(await refused('--force', 'full', `${file}.bad`), /unexpected EOF/);
    assert.match(await refused('a+b', file), /includes invalid characters/);
    assert.match(await refused('nowhere', '/bin/true'), /invalid tar header/);
    assert.deepEqual(readdirSync(folderOf('full')), ['kept']);
    assert.deepEqual(await volumes(), ['cargo', 'full']);
    await wharfOk('volume', 'import', '--force', 'full', file);
    assert.deepEqual(treeOf('full'), treeOf('cargo'));
    await ok('rm user');
    await ok('volume rm full');
  });

  test('broken archives are refused as such, and leave neither volume nor anything outside', async () => {
    const random = seededRandom(11);
    const whole = rawTar(
      member({ name: 'a', mode: 0o644 }, 'content'),
      member({ name: 'deep/', type: 'directory', mode: 0o755 }),
      member({ name: 'deep/link', type: 'symlink', linkName: '/etc' }),
      member({ name: 'deep/link/passwd' }, 'hostile'),
      member({ name: '../../../x', type: 'hardlink', linkName: '../../etc/shadow' }),
    );
    const before = readdirSync(join(suite.wharf.dataRoot, 'volumes'));
    for (let round = 0; round < 150; round++) {
      const broken = Buffer.from(whole);
      for (let hits = between(random, 1, 4); hits > 0; hits--) {
        broken[between(random, 0, broken.length - 1)] = between(random, 0, 255);
      }
      const status = await importRaw(broken.subarray(0, between(random, 1, broken.length)));
      assert.ok([200, 400].includes(status), `${round}: ${status}`);
      await exchange(suite.wharf.socketPath, 'DELETE', '/volumes/broken');
    }
    assert.deepEqual(readdirSync(join(suite.wharf.dataRoot, 'volumes')), before);
    assert.ok(!readFileSync('/etc/passwd', 'utf8').includes('hostile'));

    async function importRaw(body: Uint8Array): Promise<number> {
      const { socketPath } = suite.wharf;
      const outgoing = request({ socketPath, method: 'POST', path: '/volumes/broken/import' });
      outgoing.end(body);
      const [response] = await once(outgoing, 'response');
      response.resume();
      await once(response, 'end');
      return response.statusCode;
    }
  });

  test('a renamed volume goes on with its containers, running or not', async () => {
    await ok('run -d --name runs -v old:/data base:1 sleep 60');
    await ok('create --name stopped --mount type=volume,src=old,dst=/data base:1 cat /data/x');
    await wharfOk('volume', 'rename', 'old', 'young');
    await ok(['exec', 'runs', 'sh', '-c', 'echo written > /data/x']);
    assert.equal(await ok('start -a stopped'), 'written');
    for (const name of ['runs', 'stopped']) {
      const [mount] = JSON.parse(await ok(['inspect', '-f', '{{json .Mounts}}', name]));
      assert.deepEqual([mount.Name, mount.Source], ['young', folderOf('young')]);
    }
    await ok('restart -t 0 runs');
    assert.equal(await ok('exec runs cat /data/x'), 'written');
    assert.deepEqual(await volumes(), ['cargo', 'young']);
    assert.match((await docker('volume rm young')).stderr, /volume is in use/);
    assert.match((await wharf('volume', 'rename', 'young', 'cargo')).stderr, /exists already/);
    await ok('rm -f runs stopped');
    await ok('volume rm young');
  });

  test('routes answer bad requests with what is wrong', async () => {
    const post = async (path: string, body?: unknown) =>
      (await exchange(suite.wharf.socketPath, 'POST', path, body)).status;
    const get = async (path: string) => (await exchange(suite.wharf.socketPath, 'GET', path)).status;
    assert.equal(await get('/volumes/none/export'), 404);
    assert.equal(await get('/volumes/cargo/export?compression=rar'), 400);
    assert.equal(await post('/volumes/none/clone', { Name: 'x1' }), 404);
    assert.equal(await post('/volumes/cargo/clone', {}), 400);
    assert.equal(await post('/volumes/cargo/clone', { Name: '../x' }), 400);
    assert.equal(await post('/volumes/cargo/rename'), 400);
    assert.equal(await post('/volumes/cargo/rename?name=..'), 400);
    assert.equal(await post('/volumes/none/rename?name=other'), 404);
    assert.deepEqual(await volumes(), ['cargo']);
  });

  test('a daemon that is killed before any effect leaves the old or the new, and nothing else', async () => {
    const tool = join(suite.wharf.folder, 'kill-at-effect');
    await buildKillAtEffect(tool);
    const file = join(suite.wharf.folder, 'small.tar');
    await ok('volume create small');
    fillRandomly(folderOf('small'), seededRandom(7), 12);
    await wharfOk('volume', 'export', '-o', file, 'small');
    const small = treeOf('small');
    await wharfOk('volume', 'snapshot', 'create', 'small', 'kept');
    const verbs = [
      { args: ['import', 'made', file], outcomes: ['', 'made small'] },
      { args: ['import', '--force', 'there', file], outcomes: ['there old', 'there small'] },
      { args: ['clone', 'small', 'made'], outcomes: ['', 'made small'] },
      { args: ['restore', '--force', 'there', 'small@kept'], outcomes: ['there old', 'there small'] },
      { args: ['snapshot', 'create', 'small'], outcomes: [''] },
      { args: ['rename', 'there', 'made'], outcomes: ['there old', 'made old'] },
    ];
    for (const { args, outcomes } of verbs) {
      for (let n = 1 + Math.floor(Math.random() * stride); ; n += stride) {
        if (args.includes('there')) {
          await ok('volume create there');
          writeFileSync(join(folderOf('there'), 'old'), '');
        }
        const effect = await strike(tool, suite.wharf, n, () => wharf('volume', ...args));
        const left = (await volumes()).filter((name) => !['cargo', 'small'].includes(name));
        const found = left.map((name) => `${name} ${isSmall(name) ? 'small' : readdirSync(folderOf(name))}`);
        assert.ok(outcomes.includes(found.join()), `${args[0]}, ${n}: ${effect}: left ${found.join()}`);
        if (left.length > 0) await ok(['volume', 'rm', ...left]);
        const kept = (await wharfOk('volume', 'snapshot', 'ls', '-q')).split('\n');
        assert.deepEqual(readdirSync(join(suite.wharf.dataRoot, 'volume-snapshots')).sort(), kept.sort());
        if (effect === undefined) break;
      }
    }

    function isSmall(name: string): boolean {
      const tree = treeOf(name);
      return JSON.stringify(shown(tree)) === JSON.stringify(shown(small));
    }
  });
});

/** Numbers of any size as texts; of the top all but its time, which a kill may cost. */
function shown(tree: ReturnType<typeof describeTree>): unknown {
  const [top, ...rest] = [...tree];
  const all = [{ ...Object(top?.[1]), mtime: 0 }, ...rest];
  return JSON.parse(
    JSON.stringify(all, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
}
