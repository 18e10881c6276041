import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import type { RunOptions } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('wharf build', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  let folder = '';

  before(() => {
    folder = join(suite.wharf.folder, 'context');
    mkdirSync(join(folder, 'deep', 'kept'), { recursive: true });
    for (const name of ['Dockerfile', 'other.Dockerfile', 'a.txt', 'a.log', 'deep/x', 'deep/kept/y']) {
      writeFileSync(join(folder, name), name.endsWith('file') ? 'FROM base:1\nCOPY . /all\n' : name);
    }
    writeFileSync(join(folder, '.dockerignore'), '# none of these\n*.log\ndeep\n!deep/kept\n');
    writeFileSync(join(folder, 'other.Dockerfile.dockerignore'), '*\n!a.log\n');
  });

  const build = (words: readonly string[], options?: RunOptions) =>
    suite.wharf.wharf(['build', ...words], options);
  async function built(words: readonly string[], options?: RunOptions): Promise<string> {
    const { code, stdout, stderr } = await build(words, options);
    assert.equal(code, 0, stderr);
    return stdout;
  }
  const files = async (image: string) =>
    (await suite.ok(['run', '--rm', image, 'sh', '-c', 'cd /all; find . -type f | sort'])).split('\n');

  test('sends what .dockerignore leaves, and the Dockerfile', async () => {
    const said = await built(['-t', 'cli:1', '--iidfile', join(folder, '../id'), folder]);
    assert.match(said, /^Step 2\/2 : COPY \. \/all$/m);
    assert.match(said, /^Successfully tagged cli:1$/m);
    assert.match(readFileSync(join(folder, '../id'), 'utf8'), /^sha256:[0-9a-f]{64}$/);
    const sent = ['./.dockerignore', './Dockerfile', './a.txt', './deep/kept/y', './other.Dockerfile'];
    assert.deepEqual(await files('cli:1'), [...sent, './other.Dockerfile.dockerignore']);
  });

  test('a Dockerfile with an ignore file of its own, one from elsewhere, one from standard input', async () => {
    await built(['-q', '-t', 'cli:2', '-f', join(folder, 'other.Dockerfile'), folder]);
    assert.deepEqual(await files('cli:2'), ['./.dockerignore', './a.log', './other.Dockerfile']);
    const outside = join(suite.wharf.folder, 'outside');
    writeFileSync(outside, 'FROM base:1\nCOPY a.txt /all/');
    await built(['-t', 'cli:3', '-f', outside, folder]);
    assert.deepEqual(await files('cli:3'), ['./a.txt']);
    await built(['-t', 'cli:4', '-f', '-', folder], { input: 'FROM base:1\nCOPY deep/kept /all' });
    assert.deepEqual(await files('cli:4'), ['./y']);
  });

  test('an archive by standard input, arguments and labels', async () => {
    const input = makeTar([{ path: 'D', content: 'FROM base:1\nARG A\nARG B\nENV AB=$A$B\n' }]);
    const flags = ['--build-arg', 'A=1', '--build-arg', 'B', '--label', 'x=y', '-f', 'D', '-t', 'cli:5'];
    await built([...flags, '-'], { input, env: { B: '2' } });
    const seen = await suite.ok([
      ...['image', 'inspect', '-f'],
      '{{index .Config.Env 1}} {{.Config.Labels.x}}',
      'cli:5',
    ]);
    assert.equal(seen, 'AB=12 y');
  });

  test('fails with the code of the command, and tells why it has no context', async () => {
    const failed = await build(['-'], {
      input: makeTar([{ path: 'Dockerfile', content: 'FROM base:1\nRUN exit 9' }]),
    });
    assert.equal(failed.code, 9);
    assert.match(failed.stderr, /The command '\/bin\/sh -c exit 9' returned a non-zero code: 9/);
    const absent = await build(['/absent']);
    assert.equal(absent.code, 1);
    assert.match(absent.stderr, /unable to prepare context: .*absent: no such file or directory/);
  });

  test('--check looks the Dockerfile over', async () => {
    assert.equal(await built(['--check', folder]), 'Check complete, no warnings found.\n');
    const { code, stdout } = await build(['--check', '-f', '-', folder], {
      input: 'FROM base:1\nCOPY a.log /\nCMD x',
    });
    assert.equal(code, 1);
    assert.match(stdout, /^Check complete, 2 warnings have been found!\n\nWARNING: CopyIgnoredFile - /);
  });

  test('builder prune forgets the steps', async () => {
    const { stdout } = await suite.wharf.wharf(['builder', 'prune', '-af']);
    assert.match(stdout, /^Deleted build cache objects:\n[0-9a-z]{25}\n[\s\S]*Total reclaimed space: /);
    assert.equal(
      await suite
        .ok(['system', 'df', '--format', '{{.Type}} {{.TotalCount}}'])
        .then((text) => text.split('\n').at(-1)),
      'Build Cache 0',
    );
  });
});
