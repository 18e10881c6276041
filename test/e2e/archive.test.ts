import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import { eventually, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const image = {
  ...busyboxImage('base:1'),
  layers: [
    busyboxLayer([
      { path: 'd/', type: 'directory' },
      { path: 'd/new', content: 'new\n' },
      { path: 'dl', type: 'symlink', target: 'd' },
      { path: 'lost', type: 'symlink', target: 'foo' },
      { path: 'suid', content: 'x', mode: 0o4755 },
    ]),
  ],
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

describe('archive', () => {
  const suite = useWharf([image]);
  const { docker, ok } = suite;

  async function call(
    method: string,
    container: string,
    query: string,
    { body, headers = {} }: { readonly body?: Uint8Array; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const path = `/containers/${container}/archive?path=${query}`;
    const sent = request({ socketPath: suite.wharf.socketPath, path, method, headers }).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: Buffer.concat(await answer.toArray()),
    };
  }

  const put = async (container: string, query: string, body: Uint8Array) => {
    const answer = await call('PUT', container, query, { body });
    return `${answer.status} ${answer.body}`.trim();
  };

  /** Name, size, mode and link target of the stat header; the status of a refusal. */
  async function stat(container: string, path: string): Promise<unknown> {
    const { status, headers } = await call('HEAD', container, path);
    if (status !== 200) return status;
    const text = Buffer.from(String(headers['x-docker-container-path-stat']), 'base64').toString();
    const { name, mode, linkTarget } = JSON.parse(text);
    return [name, mode, linkTarget];
  }

  /** Member names of what GET answers. */
  async function list(container: string, path: string): Promise<string[]> {
    const { body } = await call('GET', container, path);
    return execFileSync('tar', ['-tf', '-'], { input: body, encoding: 'utf8' }).trim().split('\n');
  }

  const directory = 2 ** 31 + 0o755;

  test('HEAD tells what docker 28 tells of every kind of path', async () => {
    await ok([
      'run',
      '-d',
      '--name',
      'kinds',
      'base:1',
      'sh',
      '-c',
      'mkfifo fifo; mknod chr c 1 3; echo done; exec sleep 99',
    ]);
    await eventually('the files are there', async () => (await ok('logs kinds')) === 'done');
    const expected: Readonly<Record<string, unknown>> = {
      '/d/new': ['new', 0o644, ''],
      '/d': ['d', directory, ''],
      '/d/.': ['.', directory, ''],
      '/dl': ['dl', 2 ** 27 + 0o777, '/d'],
      '/dl/': ['dl', directory, ''],
      '/dl/new': ['new', 0o644, ''],
      '/lost': ['lost', 2 ** 27 + 0o777, '/foo'],
      '/lost/': 404,
      '/': ['/', directory, ''],
      '': 400,
      '/../../etc/passwd': ['passwd', 0o644, ''],
      '/suid': ['suid', 2 ** 23 + 0o755, ''],
      '/tmp': ['tmp', 2 ** 31 + 2 ** 20 + 0o777, ''],
      '/fifo': ['fifo', 2 ** 25 + 0o644, ''],
      '/chr': ['chr', 2 ** 26 + 2 ** 21 + 0o644, ''],
      '/nowhere': 404,
      '/d/new/x': 404,
    };
    for (const [path, answer] of Object.entries(expected)) {
      assert.deepEqual(await stat('kinds', path), answer, path);
    }
    assert.deepEqual(await list('kinds', '/d'), ['d/', 'd/new']);
    assert.deepEqual(await list('kinds', '/dl'), ['dl']);
    assert.deepEqual(await list('kinds', '/dl/.'), ['./', './new']);
    assert.deepEqual(await list('kinds', '/fifo'), ['fifo']);
    await ok('rm -f kinds');
  });

  test('PUT keeps the archive’s owners, or gives all to the container’s user', async () => {
    await ok('run -d --name owned -u ada base:1 sleep 99');
    const tar = makeTar([
      { path: 'in/', type: 'directory', uid: 5, gid: 6 },
      { path: 'in/file', content: '1', mode: 0o4640, uid: 5, gid: 6, mtime: 1_600_000_000 },
      { path: 'in/link', type: 'symlink', target: 'file', uid: 5, gid: 6 },
    ]);
    const see = () => ok(['exec', 'owned', 'stat', '-c', '%u:%g %a %Y', '/tmp/in/file']);
    assert.equal(await put('owned', '/tmp', tar), '200');
    assert.equal(await see(), '5:6 4640 1600000000');
    assert.equal(await put('owned', '/tmp&copyUIDGID=1', tar), '200');
    assert.equal(await see(), '1000:1000 4640 1600000000');
    assert.equal(await ok('exec owned stat -c %u:%g /tmp/in/link'), '1000:1000');
    await ok('rm -f owned');
  });

  test('PUT takes every compression, and refuses what is none', async () => {
    await ok('create --name packs base:1');
    const tar = makeTar([{ path: 'packed', content: 'x' }]);
    const packed = [
      gzipSync(tar),
      zstdCompressSync(tar),
      execFileSync('xz', ['-c'], { input: tar }),
      execFileSync('bzip2', ['-c'], { input: tar }),
    ];
    for (const body of packed) assert.equal(await put('packs', '/tmp', body), '200');
    assert.deepEqual(await list('packs', '/tmp/packed'), ['packed']);
    assert.match(await put('packs', '/tmp', Buffer.alloc(2048, 'junk')), /^400 .*invalid tar header/);
    await ok('rm packs');
  });

  test('GET is packed for clients that ask for it', async () => {
    await ok('create --name sends base:1');
    const plain = await call('GET', 'sends', '/d');
    const packed = await call('GET', 'sends', '/d', { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    await ok('rm sends');
  });

  test('noOverwriteDirNonDir keeps a directory a directory and a file a file', async () => {
    await ok('create --name kept base:1');
    const file = makeTar([{ path: 'd', content: 'file' }]);
    const folder = makeTar([{ path: 'suid/', type: 'directory' }]);
    const flag = '/&noOverwriteDirNonDir=true';
    assert.match(
      await put('kept', flag, file),
      /cannot overwrite directory \\"d\\" with non-directory \\"\/\\"/,
    );
    assert.match(await put('kept', flag, folder), /cannot overwrite non-directory \\"suid\\" with directory/);
    assert.equal(await put('kept', '/', file), '200');
    assert.deepEqual(await stat('kept', '/d'), ['d', 0o644, '']);
    await ok('rm kept');
  });

  test('a read-only root and a read-only volume refuse, the rest of the container does not', async () => {
    const tar = makeTar([{ path: 'x', content: 'y' }]);
    const flags = ['--read-only', '-v', 'ro:/ro:ro', '-v', 'rw:/rw', '--tmpfs', '/soft'];
    await ok(['run', '-d', '--name', 'strict', ...flags, 'base:1', 'sleep', '99']);
    const root = /^403 .*container rootfs is marked read-only/;
    const volume = /^403 .*mounted volume is marked read-only/;
    for (const running of [true, false]) {
      assert.match(await put('strict', '/tmp', tar), root);
      assert.match(await put('strict', '/rw/..', tar), root);
      assert.match(await put('strict', '/ro', tar), volume);
      assert.equal(await put('strict', '/rw', tar), '200');
      if (running) assert.equal(await put('strict', '/soft', tar), '200');
      assert.match(
        await put('strict', '/nowhere', tar),
        /^404 .*Could not find the file \/nowhere in container strict/,
      );
      assert.match(await put('strict', '/etc/passwd', tar), /^400 .*extraction point is not a directory/);
      if (running) await ok('stop -t 0 strict');
    }
    assert.deepEqual(await list('strict', '/rw'), ['rw/', 'rw/x']);
    await ok('rm -v strict');
    await ok('volume rm ro rw');
  });

  test('E39 links of a stopped container lead into its volumes and binds, and nowhere else', async () => {
    const bind = mkdtempSync(`${suite.wharf.folder}/bind-`);
    writeFileSync(`${bind}/theirs`, 'bound');
    const links =
      'ln -s /vol tovol; ln -s ../b/theirs d/tobind; ln -s /vol/up vol/self; ln -s ../../../../.. vol/up';
    await ok([
      'run',
      '--name',
      'tied',
      '-v',
      'tied:/vol',
      '-v',
      `${bind}:/b`,
      'base:1',
      'sh',
      '-c',
      `${links}; echo in > vol/in`,
    ]);
    assert.deepEqual(await list('tied', '/tovol/in'), ['in']);
    assert.deepEqual(await list('tied', '/tovol/.'), ['./', './in', './self', './up']);
    assert.match((await docker('cp -L tied:/d/tobind -')).stdout, /bound/);
    assert.equal(await put('tied', '/tovol', makeTar([{ path: 'put', content: 'p' }])), '200');
    assert.equal(readFileSync(`${suite.wharf.dataRoot}/volumes/tied/_data/put`, 'utf8'), 'p');
    // What the volume's link climbs to is the container's root, not the host's.
    assert.deepEqual(await list('tied', '/vol/up/dl'), ['dl']);
    assert.deepEqual(await list('tied', '/vol/self/www'), ['www/', 'www/index.html']);
    const whole = await list('tied', '/');
    for (const name of ['./vol/in', './vol/put', './b/theirs', './d/new'])
      assert.ok(whole.includes(name), name);
    await ok('rm -v tied');
    await ok('volume rm tied');
  });

  test('a refused cp of much says only why', async () => {
    const folder = mkdtempSync(`${suite.wharf.folder}/much-`);
    writeFileSync(`${folder}/much`, Buffer.alloc(20 << 20));
    await ok('create --name full --read-only base:1');
    const refused = await docker(['cp', `${folder}/much`, 'full:/tmp/']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /container rootfs is marked read-only\n$/);
    assert.doesNotMatch(refused.stderr, /closed pipe|broken pipe/);
    await ok('rm full');
  });

  test('wharf cp puts a tree in and takes it out again, as it was', async () => {
    const folder = mkdtempSync(`${suite.wharf.folder}/tree-`);
    mkdirSync(`${folder}/in/empty`, { recursive: true });
    const contents = { [`${'long'.repeat(40)}ä`]: 'long', none: '', odd: 'x'.repeat(700_001) };
    for (const [name, content] of Object.entries(contents)) writeFileSync(`${folder}/in/${name}`, content);
    symlinkSync('odd', `${folder}/in/link`);
    linkSync(`${folder}/in/odd`, `${folder}/in/twin`);
    chmodSync(`${folder}/in/none`, 0o4751);
    await ok('create --name tree base:1');
    for (const args of [
      ['cp', `${folder}/in`, 'tree:/copied'],
      ['cp', 'tree:/copied', `${folder}/out`],
    ]) {
      assert.equal((await suite.wharf.wharf(args)).code, 0);
    }
    const facts = (path: string) =>
      execFileSync('find', ['.', '-printf', '%p %y %m %s %n %l %Ts\\n'], { cwd: path, encoding: 'utf8' });
    // The size of a folder is its file system's matter.
    const sorted = (path: string) =>
      facts(path)
        .replaceAll(/ d (\d+) \d+/g, ' d $1')
        .split('\n')
        .sort();
    assert.deepEqual(sorted(`${folder}/out`), sorted(`${folder}/in`));
    for (const [name, content] of Object.entries(contents))
      assert.equal(readFileSync(`${folder}/out/${name}`, 'utf8'), content);
    await ok('rm tree');
  });

  /** A folder of the host that a container's links point to; it must not change. */
  function bait(): { readonly folder: string; check(): void } {
    const folder = mkdtempSync(`${suite.wharf.folder}/bait-`);
    mkdirSync(`${folder}/below`);
    writeFileSync(`${folder}/secret`, 'host’s own');
    writeFileSync(`${folder}/below/kept`, 'kept');
    chmodSync(`${folder}/secret`, 0o600);
    return {
      folder,
      check() {
        const { mode, uid, mtimeMs } = statSync(`${folder}/secret`);
        assert.deepEqual([mode & 0o7777, uid], [0o600, 0]);
        assert.ok(mtimeMs > 1_700_000_000_000);
        assert.equal(readFileSync(`${folder}/secret`, 'utf8'), 'host’s own');
        assert.equal(readFileSync(`${folder}/below/kept`, 'utf8'), 'kept');
      },
    };
  }

  test('a process that swaps what is just being written or removed reaches nothing of the host', async () => {
    const { folder, check } = bait();
    const swap = [
      'mkdir /s; cd /s',
      `(while :; do rm -rf file; ln -sfn ${folder}/secret file; done) 2>/dev/null &`,
      `(while :; do rm -rf tree; mkdir -p tree/a tree/b; ln -sfn ${folder}/below tree/a; rmdir tree/a; ln -sfn ${folder}/below tree/a; done) 2>/dev/null &`,
      'wait',
    ].join('\n');
    await ok(['run', '-d', '--name', 'swaps', 'base:1', 'sh', '-c', swap]);
    const file = makeTar([{ path: 'file', content: 'x', mode: 0o4777, uid: 7, mtime: 1_000_000_000 }]);
    const tree = makeTar([
      { path: 'tree/a/', type: 'directory', mode: 0o777, uid: 7 },
      { path: 'tree/a/kept', content: 'overwritten' },
      { path: 'tree', content: 'no tree' },
    ]);
    for (let round = 0; round < 60; round++) {
      const answers = await Promise.all([
        put('swaps', '/s', file),
        put('swaps', '/s', tree),
        call('GET', 'swaps', '/s').then(({ body }) => body.toString()),
      ]);
      assert.doesNotMatch(answers.join(), /host’s own|kept\0.*kept$/);
    }
    await ok('rm -f swaps');
    check();
  });

  test('E38 an archive that climbs stays inside', async () => {
    const { folder, check } = bait();
    await ok('create --name climbs base:1');
    const tar = makeTar([
      { path: `../../../../../../../..${folder}/secret`, content: 'climbed' },
      { path: 'out', type: 'symlink', target: folder },
      { path: 'out/secret', content: 'through' },
      { path: 'hard', type: 'hardlink', target: `${folder}/secret` },
    ]);
    await put('climbs', '/tmp', tar);
    check();
    await ok('rm climbs');
  });

  test('a subpath of a volume stays in the volume, whatever link a container puts there', async () => {
    const { folder, check } = bait();
    await ok([
      'run',
      '--rm',
      '-v',
      'sly:/v',
      'base:1',
      'sh',
      '-c',
      `ln -s ${folder} /v/out; mkdir /v/in; echo mine > /v/in/x`,
    ]);
    const mount = (subpath: string) => `type=volume,src=sly,dst=/m,volume-subpath=${subpath}`;
    assert.equal(await ok(['run', '--rm', '--mount', mount('in'), 'base:1', 'cat', '/m/x']), 'mine');
    for (const subpath of ['out', 'in/../../..', 'nowhere']) {
      await docker(['create', '--name', 'climber', '--mount', mount(subpath), 'base:1', 'cat', '/m/secret']);
      const started = await docker('start -a climber');
      assert.notEqual(started.code, 0, subpath);
      const copied = await docker('cp climber:/m/secret -');
      assert.notEqual(copied.code, 0, subpath);
      assert.doesNotMatch(started.stdout + copied.stdout, /host’s own/);
      await docker('rm climber');
    }
    await ok('volume rm sly');
    check();
  });

  test('names that are no text travel', async () => {
    await ok([
      'run',
      '--name',
      'odd',
      'base:1',
      'sh',
      '-c',
      'mkdir /o; cd /o; echo 1 > "$(printf \'a\\377b\')"',
    ]);
    const { body } = await call('GET', 'odd', '/o');
    assert.ok(body.includes(Buffer.from([0x61, 0xff, 0x62])));
    const found = await runProgram('tar', ['-tf', '-'], { input: body });
    assert.match(found.stdout, /^o\/\no\/a\\377b\n$/);
    await ok('rm odd');
  });
});
