import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { makeTar, type TarEntry } from '../fixtures/tar.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('docker build without BuildKit', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;

  /** Builds a Dockerfile with further files around it. */
  function build(dockerfile: string, files: readonly TarEntry[] = [], flags: readonly string[] = []) {
    const input = makeTar([{ path: 'Dockerfile', content: dockerfile }, ...files]);
    const args = ['build', ...flags, '-'];
    return suite.docker(args, { input, env: { DOCKER_BUILDKIT: '0' } });
  }

  async function built(dockerfile: string, files: readonly TarEntry[] = [], flags: readonly string[] = []) {
    const output = await build(dockerfile, files, flags);
    assert.equal(output.code, 0, output.stderr + output.stdout);
    return output.stdout;
  }

  async function refused(dockerfile: string, files: readonly TarEntry[] = []) {
    const output = await build(dockerfile, files);
    assert.equal(output.code, 1, output.stdout);
    return output.stderr.trim().split('\n').at(-1) ?? '';
  }

  const run = (image: string, ...command: readonly string[]) => ok(['run', '--rm', image, ...command]);
  const config = (image: string, format: string) => ok(['image', 'inspect', '-f', format, image]);

  test('L01 L02 L03 instructions make layers and a configuration', async () => {
    const text = [
      'FROM base:1',
      'LABEL maintainer=me',
      'RUN echo one > /one && echo said',
      'COPY app.sh /app/',
      'WORKDIR /app',
      'ENV A=1 B=$A',
      'EXPOSE 5000',
      'CMD ["sh", "app.sh"]',
    ].join('\n');
    const said = await built(
      text,
      [{ path: 'app.sh', content: 'echo $A $PWD; cat /one' }],
      ['-t', 'l:1', '-t', 'l:2'],
    );
    assert.match(
      said,
      /^Step 3\/8 : RUN echo one > \/one && echo said\n ---> Running in [0-9a-f]{12}\nsaid\n/m,
    );
    assert.match(
      said,
      /^Successfully built [0-9a-f]{12}\nSuccessfully tagged l:1\nSuccessfully tagged l:2\n$/m,
    );
    assert.equal(await run('l:2'), '1 /app\none');
    assert.match(
      await config('l:1', '{{json .Config.ExposedPorts}} {{.Config.Labels.maintainer}} {{json .Config.Env}}'),
      /^\{"5000\/tcp":\{\}\} me \["PATH=.*","A=1","B="\]$/,
    );
    const history = (await ok('history --no-trunc --format {{.CreatedBy}} l:1')).split('\n');
    assert.deepEqual(history.slice(0, 3), ['CMD ["sh" "app.sh"]', 'EXPOSE [5000/tcp]', 'ENV A=1 B=']);
    assert.equal(await config('l:1', '{{len .RootFS.Layers}}'), '4');
  });

  test('L08 what has not changed comes from the cache, and makes the same image', async () => {
    const text = 'FROM base:1\nRUN date +%N > /when\nCOPY f /f\nRUN cat /f > /g';
    const id = async (content: string, flags: readonly string[] = []) =>
      (await built(text, [{ path: 'f', content }], ['-q', ...flags])).trim();
    const first = await id('a');
    assert.equal(await id('a'), first);
    const changed = await id('b');
    assert.notEqual(changed, first);
    const cached = await built(text, [{ path: 'f', content: 'b' }]);
    assert.equal(cached.match(/Using cache/g)?.length, 3);
    assert.equal(await run(changed, 'cat', '/when'), await run(first, 'cat', '/when'));
    assert.notEqual(await id('b', ['--no-cache']), changed);
  });

  test('L04 L05 L06 L07 commands, entrypoints and variables in their forms', async () => {
    const shell = 'FROM base:1\nENV name Docker\nCMD echo never\nCMD echo "hi $name"';
    await built(shell, [], ['-t', 'form:1']);
    assert.equal(await run('form:1'), 'hi Docker');
    await built('FROM base:1\nENV name Docker\nCMD ["echo", "hi $name"]', [], ['-t', 'form:2']);
    assert.equal(await run('form:2'), 'hi $name');
    await built('FROM base:1\nENTRYPOINT ["echo", "always"]\nCMD ["default"]', [], ['-t', 'form:3']);
    assert.deepEqual([await run('form:3'), await run('form:3', 'x')], ['always default', 'always x']);
  });

  test('stages run only when they are needed, and files come out of them', async () => {
    const text = [
      'FROM base:1 AS broken',
      'RUN false',
      'FROM base:1 AS made',
      'RUN mkdir -p /out/sub && echo x > /out/sub/x && ln -s sub/x /out/link && chown -R 5:6 /out/sub',
      'FROM scratch',
      'COPY --from=base:1 /bin /bin',
      'COPY --from=made /out /copied',
      'COPY --from=made --chown=7:8 /out/link /one',
    ].join('\n');
    await built(text, [], ['-t', 'stages:1']);
    const seen = await run(
      'stages:1',
      'sh',
      '-c',
      'stat -c "%n %u:%g %F" /copied/sub /copied/sub/x /copied/link /one',
    );
    assert.deepEqual(seen.split('\n'), [
      '/copied/sub 5:6 directory',
      '/copied/sub/x 5:6 regular file',
      '/copied/link 0:0 symbolic link',
      '/one 7:8 regular file',
    ]);
  });

  test('a failing command ends the build with its code, and leaves nothing', async () => {
    const output = await build('FROM base:1\nRUN echo before; exit 3');
    assert.equal(output.code, 3);
    assert.match(output.stdout, /^before$/m);
    assert.match(
      output.stderr,
      /^The command '\/bin\/sh -c echo before; exit 3' returned a non-zero code: 3$/m,
    );
    assert.equal(await ok('ps -aq'), '');
  });

  test('mistakes are told with their place', async () => {
    assert.match(
      await refused('FROM base:1\nRUNN x'),
      /dockerfile parse error on line 2: unknown instruction: RUNN \(did you mean RUN\?\)$/,
    );
    assert.match(await refused('FROM base:1\nCOPY gone /x'), /"\/gone": not found$/);
    assert.match(await refused('FROM base:1\nCOPY ../etc/passwd /x'), /"\/etc\/passwd": not found$/);
    assert.match(
      await refused('FROM base:1\nCOPY evil /x', [{ path: 'evil', type: 'symlink', target: '/etc/shadow' }]),
      /not found$/,
    );
    assert.match(await refused('FROM nowhere.invalid/x'), /nowhere\.invalid/);
  });

  test('mounts of RUN: a cache that stays, a scratch file system, the context', async () => {
    const text = (n: number) =>
      `FROM base:1\nRUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t --mount=target=/ctx echo ${n} >> /c/log; touch /t/x; cat /c/log /ctx/f > /log`;
    await built(text(1), [{ path: 'f', content: 'file\n' }]);
    await built(text(2), [{ path: 'f', content: 'file\n' }], ['-t', 'mounts:1']);
    assert.equal(await run('mounts:1', 'cat', '/log'), '1\n2\nfile');
    assert.equal(await run('mounts:1', 'sh', '-c', 'ls -d /c /t /ctx 2>/dev/null; true'), '');
  });

  test('here-documents, arguments and triggers', async () => {
    const text = [
      'ARG V=none',
      'FROM base:1',
      'ARG V',
      'RUN <<EOF',
      'echo "line of $V" > /a',
      'EOF',
      'COPY <<-"two" /b',
      '\t$V',
      'two',
      'ONBUILD RUN echo triggered > /c',
    ].join('\n');
    await built(text, [], ['-t', 'doc:1', '--build-arg', 'V=given']);
    assert.equal(await run('doc:1', 'cat', '/a', '/b'), 'line of given\n$V');
    await built('FROM doc:1', [], ['-t', 'doc:2']);
    assert.equal(await run('doc:2', 'cat', '/c'), 'triggered');
  });

  test('a build dated by SOURCE_DATE_EPOCH makes the same image again, of the same layers', async () => {
    const text = 'FROM base:1\nWORKDIR /w\nRUN date > /dev/null; echo x > f\nCOPY <<E g\nE';
    const flags = ['-q', '--build-arg', 'SOURCE_DATE_EPOCH=1600000000', '--no-cache'];
    const first = await built(text, [], flags);
    assert.equal(await built(text, [], flags), first);
    const image = first.trim();
    assert.equal(await run(image, 'stat', '-c', '%Y', '/w', 'f', 'g'), '1600000000\n1600000000\n1600000000');
    assert.equal(await config(image, '{{.Created}}'), '2020-09-13T12:26:40Z');
  });

  test('a quiet build that fails tells all it did', async () => {
    const output = await build('FROM base:1\nRUN echo said; exit 3', [], ['-q']);
    assert.equal(output.code, 3);
    assert.match(output.stderr + output.stdout, /^said$/m);
  });
});
