import assert from 'node:assert/strict';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('docker buildx and compose', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;

  /** A folder with these files. */
  function context(name: string, files: Readonly<Record<string, string>>): string {
    const folder = join(suite.wharf.folder, name);
    rmSync(folder, { recursive: true, force: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  }

  const buildx = (args: readonly string[]) => docker(['buildx', 'build', '--progress=plain', ...args]);

  async function built(args: readonly string[]): Promise<string> {
    const output = await buildx(args);
    assert.equal(output.code, 0, output.stderr);
    return output.stderr;
  }

  const run = (image: string, ...command: readonly string[]) => ok(['run', '--rm', image, ...command]);

  test('L01 docker build goes by BuildKit, and comes from the cache the second time', async () => {
    const folder = context('first', {
      Dockerfile: 'FROM base:1\nRUN echo said\nWORKDIR /app\nCOPY . .\nRUN cat sub/f > /g\nCMD ["cat", "/g"]',
      'sub/f': 'content',
      ignored: '',
      '.dockerignore': 'ignored\n*ignore',
    });
    const first = await built(['-t', 'first:1', folder]);
    assert.match(first, /^#\d+ \[2\/5\] RUN echo said\n#\d+ [\d.]+ said\n#\d+ DONE/m);
    assert.equal(await run('first:1'), 'content');
    assert.equal(await run('first:1', 'ls', '-A', '/app'), 'Dockerfile\nsub');
    const id = await ok('image inspect -f {{.Id}} first:1');
    assert.equal((await built(['-t', 'first:1', folder])).match(/CACHED/g)?.length, 4);
    assert.equal(await ok('image inspect -f {{.Id}} first:1'), id);
    const { code, stderr } = await docker(['build', '-t', 'first:2', folder]);
    assert.equal(code, 0, stderr);
    assert.equal(await ok('image inspect -f {{.Id}} first:2'), id);
  });

  test('only what has changed is sent, and what is gone is gone', async () => {
    const files = { Dockerfile: 'FROM base:1\nCOPY . /c', a: 'a', 'd/b': 'b', 'd/c': 'c' };
    const folder = context('sync', files);
    symlinkSync('d/b', join(folder, 'link'));
    await built(['-t', 'sync:1', folder]);
    assert.equal(await run('sync:1', 'sh', '-c', 'cd /c; cat a link; ls d'), 'abb\nc');
    rmSync(join(folder, 'd/c'));
    rmSync(join(folder, 'link'));
    writeFileSync(join(folder, 'a'), 'A');
    utimesSync(join(folder, 'd/b'), 1, 1);
    await built(['-t', 'sync:2', folder]);
    assert.equal(await run('sync:2', 'sh', '-c', 'cd /c; cat a; ls d; ls -d link 2>/dev/null; true'), 'Ab');
  });

  test('secrets reach only the command that asks for them', async () => {
    const file = join(suite.wharf.folder, 'token');
    writeFileSync(file, 'hush-4711');
    const text = [
      'FROM base:1',
      'RUN --mount=type=secret,id=token wc -c < /run/secrets/token > /length && stat -c %a /run/secrets/token',
      'RUN --mount=type=secret,id=token,env=TOKEN test "$(echo -n $TOKEN | wc -c)" = 9',
      'RUN test ! -e /run/secrets && ! env | grep TOKEN',
    ].join('\n');
    const folder = context('secret', { Dockerfile: text });
    await built(['-t', 'secret:1', '--secret', `id=token,src=${file}`, folder]);
    assert.equal(await run('secret:1', 'cat', '/length'), '9');
    assert.doesNotMatch(await ok('history --no-trunc secret:1'), /hush/);
    const required = context('required', {
      Dockerfile: 'FROM base:1\nRUN --mount=type=secret,id=x,required true',
    });
    const { code, stderr } = await buildx([required]);
    assert.equal(code, 1);
    assert.match(stderr, /secret x: not found/);
  });

  test('mistakes are told with their lines', async () => {
    const folder = context('wrong', { Dockerfile: 'FROM base:1\n\nCOPY gone /x\n' });
    const missing = await buildx([folder]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /Dockerfile:3\n-+\n.*\n.*\n +3 \| >>> COPY gone \/x\n/);
    assert.match(missing.stderr, /failed to solve: .*"\/gone": not found\n$/);
    writeFileSync(join(folder, 'Dockerfile'), 'FROM base:1\nRUN exit 5\n');
    const failing = await buildx([folder]);
    assert.equal(failing.code, 1);
    assert.match(
      failing.stderr,
      /process "\/bin\/sh -c exit 5" did not complete successfully: exit code: 5\n$/,
    );
    writeFileSync(join(folder, 'Dockerfile'), 'FROM base:1\nRUNN x\n');
    assert.match((await buildx([folder])).stderr, /line 2: unknown instruction: RUNN \(did you mean RUN\?\)/);
  });

  test('arguments, targets, labels, named contexts and files of what was built', async () => {
    const more = context('more', { x: 'from more' });
    const folder = context('many', {
      'a.Dockerfile':
        'FROM base:1 AS one\nARG V\nRUN echo $V > /v\nFROM one AS two\nCOPY --from=more x /x\nFROM base:1\nRUN false',
    });
    const [ids, metadata] = [join(folder, 'id'), join(folder, 'meta')];
    await built([
      ...[
        '-f',
        join(folder, 'a.Dockerfile'),
        '--target',
        'two',
        '--build-arg',
        'V=7',
        '--label',
        'l=v',
        '-t',
        'many:1',
        '-t',
        'many:2',
      ],
      ...['--build-context', `more=${more}`, '--iidfile', ids, '--metadata-file', metadata, folder],
    ]);
    assert.equal(await run('many:2', 'cat', '/v', '/x'), '7\nfrom more');
    assert.equal(await ok('image inspect -f {{.Config.Labels.l}} many:1'), 'v');
    assert.deepEqual(readdirSync(folder).sort(), ['a.Dockerfile', 'id', 'meta']);
  });

  test('what was built goes to a folder, a tar or an archive of the client', async () => {
    const text =
      'FROM base:1 AS made\nRUN mkdir -p /out/d && echo x > /out/d/x && ln -s d/x /out/l\nFROM scratch\nCOPY --from=made /out /';
    const folder = context('out', { Dockerfile: text });
    const place = join(suite.wharf.folder, 'exported');
    await built(['-o', place, folder]);
    assert.deepEqual(readdirSync(place, { recursive: true }).sort(), ['d', 'd/x', 'l']);
    assert.equal(readFileSync(join(place, 'l'), 'utf8'), 'x\n');
    await built(['-o', `type=tar,dest=${place}.tar`, folder]);
    assert.equal((await runProgram('tar', ['-tf', `${place}.tar`])).stdout, 'd/\nd/x\nl\n');
    await built(['-o', `type=docker,dest=${place}.archive,name=archived:1`, folder]);
    await ok('rmi archived:1');
    assert.match(await ok(['load', '-i', `${place}.archive`]), /Loaded image: archived:1/);
  });

  test('docker buildx bake builds several targets', async () => {
    const folder = context('bake', {
      'docker-bake.hcl': [
        'group "default" {\n  targets = ["a", "b"]\n}',
        'target "a" {\n  tags = ["bake-a:1"]\n  args = { N = "a" }\n}',
        'target "b" {\n  tags = ["bake-b:1"]\n  args = { N = "b" }\n}',
      ].join('\n'),
      Dockerfile: 'FROM base:1\nARG N\nENV N=$N\nRUN echo $N > /n',
    });
    const { code, stderr } = await docker([
      'buildx',
      'bake',
      '--allow=fs.read=*',
      '--progress=plain',
      '-f',
      join(folder, 'docker-bake.hcl'),
      '--set',
      `*.context=${folder}`,
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual([await run('bake-a:1', 'cat', '/n'), await run('bake-b:1', 'cat', '/n')], ['a', 'b']);
  });

  test('a target of docker buildx bake is a context of another, with its configuration', async () => {
    const folder = context('linked', {
      'docker-bake.hcl': [
        'target "low" {\n  dockerfile = "low.Dockerfile"\n}',
        'target "high" {\n  contexts = { below = "target:low" }\n  tags = ["linked:1"]\n}',
      ].join('\n'),
      'low.Dockerfile': 'FROM base:1\nENV LOW=low\nRUN echo file > /made',
      Dockerfile: 'FROM below\nCOPY --from=below /made /copied\nRUN echo $LOW > /env',
    });
    const bake = ['buildx', 'bake', '--allow=fs.read=*', '--progress=plain', 'high'];
    const place = ['-f', join(folder, 'docker-bake.hcl'), '--set', `*.context=${folder}`];
    const { code, stderr } = await docker([...bake, ...place]);
    assert.equal(code, 0, stderr);
    assert.equal(await run('linked:1', 'cat', '/made', '/copied', '/env'), 'file\nfile\nlow');
    assert.equal(await ok(['images', '-aqf', 'dangling=true']), '');
  });

  test('what is kept is listed and pruned', async () => {
    const folder = context('kept', { Dockerfile: 'FROM base:1\nRUN echo kept > /kept' });
    await built([folder]);
    const list = () => ok('buildx du --verbose');
    assert.match(await list(), /Description:\s+\[2\/2\] RUN echo kept > \/kept\n/);
    assert.match(await ok('buildx prune -f --all'), /^Total:/m);
    assert.doesNotMatch(await list(), /echo kept/);
    assert.match(await ok('system df'), /Build Cache +0 /);
  });

  test('docker compose builds what it runs', async () => {
    const folder = context('project', {
      'compose.yaml': 'services:\n  web:\n    build:\n      context: .\n      args:\n        WHO: compose\n',
      Dockerfile: 'FROM base:1\nARG WHO\nENV WHO=$WHO\nCMD echo hello $WHO',
    });
    const file = join(folder, 'compose.yaml');
    assert.match(await ok(['compose', '-f', file, 'run', '--build', '--rm', 'web']), /hello compose$/);
    await ok(['compose', '-f', file, 'down', '--rmi', 'all']);
  });
});
