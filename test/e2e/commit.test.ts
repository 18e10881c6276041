import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { busyboxImage, busyboxLayer } from '../fixtures/busybox.ts';
import type { FixtureImage } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { eventually, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Two layers with every kind of file that a container may change. */
const rich: FixtureImage = {
  ...busyboxImage('rich:1'),
  layers: [
    busyboxLayer([
      { path: 'd/', type: 'directory' },
      { path: 'd/a', content: 'a' },
      { path: 'd/b', content: 'b' },
      { path: 'd/sub/', type: 'directory' },
      { path: 'd/sub/x', content: 'x' },
      { path: 'e/', type: 'directory' },
      { path: 'e/one', content: '1' },
      { path: 'e/two', content: '2' },
      { path: 'f', content: 'file' },
      { path: 'g/', type: 'directory' },
      { path: 'g/h/', type: 'directory' },
      { path: 'g/h/i', content: 'i' },
      { path: 'hard1', content: 'hard' },
      { path: 'hard2', type: 'hardlink', target: 'hard1' },
      { path: 'dl', type: 'symlink', target: 'd' },
      { path: 't2f/', type: 'directory' },
      { path: 't2f/in', content: 'in' },
      { path: 'f2d', content: 'f2d' },
    ]),
    makeTar([
      { path: 'd/l2', content: 'layer2' },
      { path: 'e/.wh.two', content: '' },
    ]),
  ],
};

const nasty = `
  rm -rf d; mkdir d; echo new > d/new; mkdir d/sub; echo y > d/sub/y
  rm e/one; echo 3 > e/three; chmod 700 g/h; touch f
  rm hard1; ln -s foo lnk; mkfifo fifo; mknod chr c 1 3
  rm -rf t2f; echo file > t2f; rm f2d; mkdir f2d; echo q > f2d/q
  mkdir -p deep/er; echo z > deep/er/z; ln deep/er/z deep/hardz
  echo v > vol/inv; mkdir "sp ace"; touch "sp ace/ü"; mv www www2; echo same > same; rm same
  rm -rf home; mkdir -p home/ada; rm bin/vi; echo new > bin/vi; chown 7:7 etc/group
  echo done; exec sleep 99`;

/** What docker 28 tells of it, in the order of the paths. */
const nastyDiff = [
  ...['C /bin', 'C /bin/vi', 'A /chr', 'C /d', 'D /d/a', 'D /d/b', 'D /d/l2', 'A /d/new', 'C /d/sub'],
  ...['D /d/sub/x', 'A /d/sub/y', 'A /deep', 'A /deep/er', 'A /deep/er/z', 'A /deep/hardz', 'C /e'],
  ...['D /e/one', 'A /e/three', 'C /etc', 'C /etc/group', 'C /f', 'C /f2d', 'A /f2d/q', 'A /fifo', 'C /g'],
  ...['C /g/h', 'D /hard1', 'A /lnk', 'A /sp ace', 'A /sp ace/ü', 'C /t2f', 'A /vol', 'D /www', 'A /www2'],
  'A /www2/index.html',
];

describe('commit, diff and export', () => {
  const suite = useWharf([rich]);
  const { docker, ok } = suite;
  const inspect = (format: string, name: string) => ok(['inspect', '-f', format, name]);

  async function startNasty(name: string): Promise<void> {
    await ok(['run', '-d', '--name', name, '-v', '/vol', 'rich:1', 'sh', '-c', nasty]);
    await eventually('the changes are made', async () => (await ok(`logs ${name}`)) === 'done');
  }

  /** Names, types and owners of an archive's members, sorted; times and applets left out. */
  async function listTar(file: string): Promise<string[]> {
    const { stdout } = await runProgram('tar', ['--numeric-owner', '-tvf', file]);
    const lines = stdout.split('\n').filter((line) => line !== '' && !line.includes(' bin/'));
    return lines.map((line) => line.replace(/\s+(\d+|\d+,\d+) \d{4}-\d\d-\d\d \d\d:\d\d /, ' ')).sort();
  }

  test('commit --squash gives one layer of all that is seen, and keeps hard links', async () => {
    const write = 'rm e/one; echo new > d/a; mkdir n; echo p > n/p; ln n/p n/q';
    await ok(['run', '--name', 'squashed', 'rich:1', 'sh', '-c', write]);
    const squash = () => suite.wharf.wharf(['commit', '--squash', 'squashed', 'flat:1']);
    const layersOf = () => ok(['image', 'inspect', '-f', '{{json .RootFS.Layers}}', 'flat:1']);
    assert.equal((await squash()).code, 0);
    const layers = await layersOf();
    assert.equal(JSON.parse(layers).length, 1);
    const look = 'ls e d; cat d/a; stat -c %h hard1 hard2 n/p n/q; test n/p -ef n/q; echo $?';
    const seen = await ok(['run', '--rm', 'flat:1', 'sh', '-c', look]);
    assert.deepEqual(seen.split(/\s+/), ['d:', 'a', 'b', 'l2', 'sub', 'e:', 'new', '2', '2', '2', '2', '0']);
    assert.equal((await ok('history -q --no-trunc flat:1')).split('\n').length, 3);
    assert.equal((await squash()).code, 0);
    assert.equal(await layersOf(), layers);
    await ok('rm squashed');
    await ok('rmi flat:1');
    await ok('image prune -f');
  });

  test('A24 A27 diff tells what docker tells, of a running and of a stopped container', async () => {
    await startNasty('changed');
    assert.deepEqual((await ok('diff changed')).split('\n'), nastyDiff);
    await ok('stop -t 0 changed');
    assert.deepEqual((await ok('diff changed')).split('\n'), nastyDiff);
    assert.equal(await ok('run --name untouched rich:1 stat -c %a:%s /.dockerenv'), '755:0');
    assert.equal(await ok('diff untouched'), '');
    assert.match((await docker('diff nowhere')).stderr, /No such container: nowhere/);
    await ok('rm -v changed untouched');
  });

  test('G01 A27 an image of a running container has its files: it runs, differs in nothing, commits again', async () => {
    await startNasty('source');
    await ok('commit source copy:1');
    assert.equal(await inspect('{{.State.Status}}', 'source'), 'running');
    const look = 'find / -xdev -path /proc -prune -o -path /sys -prune -o -path /dev -prune -o -print | sort';
    const see = (image: string) => ok(['run', '--rm', image, 'sh', '-c', look]);
    const files = (await see('copy:1')).split('\n');
    for (const path of ['/d/new', '/d/sub/y', '/e/three', '/hard2', '/f2d/q', '/www2/index.html', '/vol']) {
      assert.ok(files.includes(path), path);
    }
    for (const path of ['/d/a', '/d/sub/x', '/e/one', '/e/two', '/hard1', '/www', '/vol/inv', '/same']) {
      assert.ok(!files.includes(path), path);
    }
    const details = 'stat -c "%a %u:%g %F %h" g/h etc/group fifo chr deep/er/z; readlink lnk; cat bin/vi';
    assert.deepEqual((await ok(['run', '--rm', 'copy:1', 'sh', '-c', details])).split('\n'), [
      '700 0:0 directory 1',
      '644 7:7 regular file 1',
      '644 0:0 fifo 1',
      '644 0:0 character special file 1',
      '644 0:0 regular file 2',
      'foo',
      'new',
    ]);
    await ok(['run', '--name', 'second', 'copy:1', 'sh', '-c', 'rm -r d; echo 2 > two']);
    assert.equal(await ok('diff second'), 'D /d\nA /two');
    await ok('commit second copy:2');
    const grandchild = (await see('copy:2')).split('\n');
    assert.ok(grandchild.includes('/two') && !grandchild.some((path) => path.startsWith('/d/')));
    assert.equal(await inspect('{{len .RootFS.Layers}}', 'copy:2'), '4');
    await ok('rm -f -v source second');
    await ok('rmi copy:1 copy:2');
  });

  test('G02 G03 author, message, changes and history, of an exited container', async () => {
    await ok([
      'run',
      '--name',
      'exited',
      '-e',
      'A=1',
      '-l',
      'own=yes',
      'rich:1',
      'sh',
      '-c',
      'echo hi > made',
    ]);
    const changes = [
      ...['-c', 'CMD ["cat","/made"]', '-c', 'ENV B=2 PATH=$PATH:/opt', '-c', 'LABEL "l 2"="v 2"'],
      ...['-c', 'EXPOSE 80', '-c', 'WORKDIR /tmp', '-c', 'USER ada', '-c', 'STOPSIGNAL SIGINT'],
      ...['-c', 'VOLUME /data', '-c', 'ONBUILD RUN x', '-c', 'HEALTHCHECK --interval=5s CMD true'],
    ];
    const id = await ok(['commit', '-a', 'fang', '-m', 'with made', ...changes, 'exited', 'sub/img:v1']);
    assert.equal(await inspect('{{.Id}} {{.Author}} {{.Comment}}', 'sub/img:v1'), `${id} fang with made`);
    const config = JSON.parse(await inspect('{{json .Config}}', 'sub/img:v1'));
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt';
    assert.deepEqual(
      [config.Cmd, config.Env, config.Labels, config.WorkingDir, config.User, config.StopSignal],
      [
        ['cat', '/made'],
        ['A=1', `PATH=${path}`, 'B=2'],
        { own: 'yes', 'l 2': 'v 2' },
        '/tmp',
        'ada',
        'SIGINT',
      ],
    );
    assert.deepEqual(
      [config.ExposedPorts, config.Volumes, config.OnBuild, config.Healthcheck],
      [{ '80/tcp': {} }, { '/data': {} }, ['RUN x'], { Test: ['CMD-SHELL', 'true'], Interval: 5e9 }],
    );
    const history = await ok('history --no-trunc --format {{.CreatedBy}}|{{.Comment}}|{{.Size}} sub/img:v1');
    assert.equal(history.split('\n')[0], 'sh -c echo hi > made|with made|3B');
    assert.equal(await ok('run --rm sub/img:v1'), 'hi');
    assert.equal(await ok('images -q sub/img'), id.slice(7, 19));
    await ok('rmi sub/img:v1');
    await ok('rm exited');
  });

  test('a commit without changes adds no layer, and one without a name is dangling', async () => {
    await ok('create --name still rich:1');
    const id = await ok('commit still');
    assert.equal(await inspect('{{len .RootFS.Layers}} {{json .RepoTags}}', id), '2 []');
    assert.equal(await ok('images -q -f dangling=true --no-trunc'), id);
    await ok('rm still');
    await ok(['rmi', id]);
  });

  test('refusals have docker’s words, and leave no image and no pause', async () => {
    await ok('run -d --name whole rich:1 sleep 99');
    const refusals = [
      [['commit', 'nowhere', 'x'], /No such container: nowhere/],
      [['commit', '-c', 'FROM x', 'whole', 'x'], /FROM is not a valid change command/],
      [['commit', '-c', 'EXPOSE abc', 'whole', 'x'], /Invalid containerPort: abc/],
      [['commit', 'whole', 'BAD'], /must be lowercase/],
    ] as const;
    for (const [args, message] of refusals) assert.match((await docker(args)).stderr, message);
    const unnamed = await exchange(suite.wharf.socketPath, 'POST', '/commit');
    assert.equal(unnamed.status, 400);
    assert.equal(JSON.parse(unnamed.text).message, 'invalid name or ID supplied: ""');
    assert.equal(await inspect('{{.State.Status}}', 'whole'), 'running');
    await ok('commit --pause=false whole moving:1');
    const images = await ok('images --format {{.Repository}}:{{.Tag}}');
    assert.deepEqual(images.split('\n').sort(), ['moving:1', 'rich:1']);
    await ok('rmi moving:1');
    await ok('rm -f whole');
  });

  test('a daemon that is killed during a commit leaves neither a layer nor a paused container', async () => {
    const fill = 'head -c 200000000 /dev/urandom > big; echo done; exec sleep 99';
    await ok(['run', '-d', '--name', 'large', 'rich:1', 'sh', '-c', fill]);
    await eventually('the file is there', async () => (await ok('logs large')) === 'done');
    const layers = () => readdirSync(`${suite.wharf.dataRoot}/layers`).sort();
    const before = layers();
    const committing = docker('commit large half:1');
    await eventually('the commit has begun', () => layers().some((name) => name.startsWith('tmp-')));
    await suite.wharf.stop('SIGKILL');
    assert.notEqual((await committing).code, 0);
    await suite.wharf.start();
    assert.equal(await inspect('{{.State.Status}}', 'large'), 'running');
    assert.equal(await ok('exec large echo awake'), 'awake');
    assert.deepEqual(layers(), before);
    assert.equal((await docker('inspect half:1')).code, 1);
    await ok('rm -f large');
  });

  test('E37 export is the merged root without mounts, of a running and of a stopped container; import makes it an image', async () => {
    await startNasty('out');
    const { folder } = suite.wharf;
    await ok(['export', '-o', `${folder}/running.tar`, 'out']);
    await ok('stop -t 0 out');
    await ok(['export', '-o', `${folder}/stopped.tar`, 'out']);
    const running = await listTar(`${folder}/running.tar`);
    assert.deepEqual(await listTar(`${folder}/stopped.tar`), running);
    for (const line of [
      '-rw-r--r-- 7/7 etc/group',
      'crw-r--r-- 0/0 chr',
      'drwx------ 0/0 g/h/',
      'drwxr-xr-x 0/0 dev/',
      'drwxr-xr-x 0/0 proc/',
      'drwxr-xr-x 0/0 vol/',
      'hrw-r--r-- 0/0 deep/hardz link to deep/er/z',
      'lrwxrwxrwx 0/0 dl -> d',
      'prw-r--r-- 0/0 fifo',
    ]) {
      assert.ok(running.includes(line), `${line} in ${running.join('\n')}`);
    }
    assert.ok(!running.some((line) => / (vol|proc|dev|sys)\/.|\.wh\.|e\/one/.test(line)));
    const id = await ok([
      'import',
      '-m',
      'flat',
      '-c',
      'CMD ["cat","/d/new"]',
      `${folder}/stopped.tar`,
      'flat:1',
    ]);
    assert.equal(await inspect('{{.Id}} {{.Comment}} {{len .RootFS.Layers}}', 'flat:1'), `${id} flat 1`);
    assert.equal(await ok('run --rm flat:1'), 'new');
    assert.equal((await ok('history -q flat:1')).split('\n').length, 1);
    assert.match((await docker('import - broken:1', { input: 'junk' })).stderr, /EOF|tar/);
    assert.equal((await docker('inspect broken:1')).code, 1);
    await ok('rmi flat:1');
    await ok('rm -v out');
  });

  test('E37 import takes an address, and tells one that does not answer', async () => {
    const tar = makeTar([{ path: 'hello', content: 'hi' }]);
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/root.tar' ? 200 : 404).end(gzipSync(tar));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const url = `http://127.0.0.1:${address.port}`;
    await ok(`import ${url}/root.tar fetched:1`);
    assert.equal(await inspect('{{.Comment}} {{.Size}}', 'fetched:1'), `Imported from ${url}/root.tar 2`);
    assert.match((await docker(`import ${url}/other.tar no:1`)).stderr, /failed to GET .*404/);
    server.close();
    assert.match((await docker(`import ${url}/root.tar no:1`)).stderr, /Get "http:/);
    await ok('rmi fetched:1');
  });

  test('a client that leaves in the middle of an export costs nothing', async () => {
    await ok(['run', '--name', 'big', 'rich:1', 'sh', '-c', 'head -c 50000000 /dev/zero > zeros']);
    const descriptors = () => readdirSync(`/proc/${suite.wharf.pid}/fd`).length;
    const before = descriptors();
    const socket = connect(suite.wharf.socketPath);
    socket.write('GET /containers/big/export HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    socket.pause();
    await eventually('the container’s files are held', () => descriptors() > before);
    socket.destroy();
    await eventually('the container’s files are let go of', () => descriptors() <= before);
    await ok('rm big');
  });
});
