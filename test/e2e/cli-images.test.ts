import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { busyboxImage } from '../fixtures/busybox.ts';
import type { FixtureImage } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { dockerProgram, type Output, repository, runProgram } from '../testing/programs.ts';
import { openTerminal } from '../testing/terminal.ts';
import { useWharf } from '../testing/use-wharf.ts';

const layer = (files: Readonly<Record<string, string>>) =>
  makeTar(Object.entries(files).map(([path, content]) => ({ path, content })));
const ground = layer({ 'etc/name': 'old', 'etc/gone': 'x' });
const boat = (name: string, ...layers: readonly Buffer[]): FixtureImage => ({
  name,
  layers: [ground, ...layers],
});

/** Command lines that change nothing, or leave it as it was; `REG` is a registry that asks who it is. */
const lines = [
  'images',
  'images -a --digests --no-trunc',
  'images REG/lib/boat',
  'images -q',
  'images -f dangling=true -q',
  'images -f before=boat:2',
  'images -f reference=boat:*',
  'images -f nonsense=1',
  'images --format json boat',
  'images --format {{.Repository}}:{{.Tag}}/{{.Digest}}/{{.Size}}',
  'images --tree',
  'history boat:2',
  'history --no-trunc --human=false boat:2',
  'history -q boat:2',
  'history --format json base:1',
  'image inspect boat:2',
  'image inspect -f {{.RepoTags}}{{.RootFS.Layers}}{{.Size}}{{.Id}} boat:2 boat:1',
  'image inspect boat:2 none boat:1',
  'image inspect --platform linux/s390x boat:2',
  'inspect --type image boat:1',
  'tag boat:1 none@sha256:9999999999999999999999999999999999999999999999999999999999999999',
  'tag none a',
  'rmi none',
  'rmi -f none',
  'rmi base:1',
  'pull REG/lib/boat:1',
  'pull -q REG/lib/boat:1',
  'pull -a REG/lib/boat',
  'pull REG/lib/none',
  'pull REG/lib/boat:none',
  'pull --platform linux/s390x REG/lib/boat:1',
  'push REG/lib/boat:1',
  'push -q REG/lib/boat:1',
  'push REG/lib/absent',
  'push -a REG/lib/boat',
  'save none',
  'load -i /dev/null',
  'load --platform linux/s390x -i files/boat.tar',
  'load -i files/boat.tar',
  'load -q -i files/boat.tar',
  'import files/none a',
  'search --limit 1000 x',
  'search -f nonsense=1 x',
  'login -u ada -p wrong REG',
  'login REG',
  'system df',
  'system df -v',
  'system df --format json',
  'image prune -f',
  'image prune -f --filter nonsense=1',
];

describe('images and registries, beside the stock client', () => {
  const suite = useWharf([
    busyboxImage('base:1'),
    boat('boat:1'),
    boat('boat:2', layer({ 'etc/name': 'new!' })),
  ]);
  const { ok } = suite;
  let folder: string;
  let registry: TestRegistry;
  let ours: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wharf-images-'));
    ours = join(folder, 'docker');
    symlinkSync(`${repository}bin/wharf`, ours);
    mkdirSync(join(folder, 'files'));
    registry = await startRegistry({ user: 'ada' });
    const auths = { [registry.address]: { auth: Buffer.from('ada:secret').toString('base64') } };
    for (const party of ['ours', 'theirs']) {
      mkdirSync(join(folder, party));
      writeFileSync(join(folder, party, 'config.json'), JSON.stringify({ auths }));
    }
    await ok('create --name holder base:1');
    await ok(['save', '-o', join(folder, 'files', 'boat.tar'), 'boat:1', 'boat:2']);
    for (const name of ['boat:1', 'boat:2'].map((text) => `${registry.address}/lib/${text}`)) {
      await ok(['tag', name.replace(/.*\//, ''), name]);
      for (const verb of ['push', 'pull']) {
        const output = await call(dockerProgram, 'theirs', [verb, '-q', name]);
        assert.equal(output.code, 0, output.stderr);
      }
    }
  });
  after(async () => {
    await registry?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = (program: string, party: string, words: readonly string[], input = ''): Promise<Output> => {
    const env = { DOCKER_HOST: suite.wharf.host, DOCKER_CONFIG: join(folder, party), TZ: 'UTC' };
    return runProgram(program, words, { env, input });
  };
  const own = async (words: readonly string[]): Promise<string> => {
    const output = await call(ours, 'ours', words);
    assert.equal(output.code, 0, output.stderr);
    return output.stdout;
  };

  test('says the same', async () => {
    for (const line of lines) {
      const words = line
        .replaceAll('REG', registry.address)
        .replaceAll('files/', `${folder}/files/`)
        .split(' ');
      const theirs = neutral(await call(dockerProgram, 'theirs', words));
      assert.deepEqual(neutral(await call(ours, 'ours', words)), theirs, line);
    }
  });

  test('save writes the same bytes, to a file and to a pipe', async () => {
    const path = join(folder, 'files', 'own.tar');
    await own(['save', '-o', path, 'boat:1', 'boat:2']);
    const same = await runProgram('cmp', [path, join(folder, 'files', 'boat.tar')]);
    assert.equal(same.stdout + same.stderr, '');
    const piped = await runProgram('sh', ['-c', '"$0" save boat:1 boat:2 | cmp - "$1"', ours, path], {
      env: { DOCKER_HOST: suite.wharf.host },
    });
    assert.equal(piped.stdout + piped.stderr, '');
  });

  test('image diff tells what the second image changed, added and lacks', async () => {
    assert.equal(await own(['image', 'diff', 'boat:1', 'boat:2']), 'C /etc/name\n');
    assert.match(
      await own(['image', 'diff', '--format', 'table', 'boat:1', 'boat:2']),
      /^KIND +PATH +SIZE CHANGE\nC +\/etc\/name +\+1B\n$/,
    );
    assert.match(
      (await call(ours, 'ours', ['image', 'diff', 'boat:1', 'none'])).stderr,
      /No such image: none/,
    );
  });

  test('image tags lists the tags at the registry, as who the user is there', async () => {
    const name = `${registry.address}/lib/boat`;
    assert.equal(await own(['image', 'tags', name]), '1\n2\n');
    assert.match(
      await own(['image', 'tags', '--format', 'json', name]),
      /^\{"Repository":"[^"]+\/lib\/boat","Tag":"1"\}\n/,
    );
    const stranger = await call(ours, 'nobody', ['image', 'tags', name]);
    assert.equal(stranger.code, 1);
    assert.match(stranger.stderr, /^Error response from daemon: .*(denied|authentication|credentials)/);
  });

  test('image check reads all that is stored and says so', async () => {
    assert.match(await own(['image', 'check']), /^\d+ layers and \d+ documents checked, all whole\n$/);
    assert.equal(await own(['image', 'check', '-q', '--repair']), '');
  });

  test('system df -v tells where every byte of the data root is', async () => {
    const { stdout } = await suite.wharf.wharf(['system', 'df', '-v']);
    assert.match(stdout, /\nData root usage: [\d.]+[kMG]?B\n\nNAME +SIZE\n\S+ +[\d.]+[kMG]?B\n/);
    const help = await suite.wharf.wharf(['image', '--help']);
    assert.match(help.stdout, /\n {2}check +Check that/);
    assert.doesNotMatch(await own(['image', '--help']), /check/);
  });

  test('image prune spares what was used lately', async () => {
    const spared = await own(['image', 'prune', '-af', '--filter', 'unused-for=1h']);
    assert.equal(spared, 'Total reclaimed space: 0B\n');
  });

  test('login asks on a terminal, keeps what was said, and shows no password', async () => {
    const env = { DOCKER_HOST: suite.wharf.host, DOCKER_CONFIG: join(folder, 'asked') };
    const terminal = openTerminal([ours, 'login', registry.address], env);
    await terminal.shows(/Username: $/);
    terminal.type('ada\n');
    await terminal.shows(/Password: $/);
    terminal.type('secreX\x7ft\n');
    assert.equal(await terminal.ended, 0);
    assert.match(terminal.shown(), /Login Succeeded/);
    assert.doesNotMatch(terminal.shown(), /secre/);
    assert.match((await call(dockerProgram, 'asked', ['login', registry.address])).stdout, /Login Succeeded/);
    assert.match(
      await (await call(ours, 'asked', ['logout', registry.address])).stdout,
      /^Removing login credentials/,
    );
    assert.match((await call(ours, 'asked', ['login', registry.address])).stderr, /non TTY device/);
  });

  test('login tries the registry itself where no daemon answers', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/sock', DOCKER_CONFIG: join(folder, 'alone') };
    const words = ['login', '-u', 'ada', '--password-stdin', registry.address];
    const taken = await runProgram(ours, words, { env, input: 'secret\n' });
    assert.equal(taken.stdout, 'Login Succeeded\n');
    const refused = await runProgram(ours, words, { env, input: 'wrong\n' });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /401|unauthorized|authentication required/i);
  });

  test('a pull on a terminal ends with the stock client’s picture', async () => {
    const name = `${registry.address}/lib/boat:2`;
    const picture = async (program: string, party: string) => {
      await ok(['rmi', '-f', name, 'boat:2']);
      const terminal = openTerminal([program, 'pull', name], {
        DOCKER_HOST: suite.wharf.host,
        DOCKER_CONFIG: join(folder, party),
      });
      assert.equal(await terminal.ended, 0);
      return lastLines(terminal.shown());
    };
    assert.deepEqual(await picture(ours, 'ours'), await picture(dockerProgram, 'theirs'));
  });
});

/** What a terminal shows in the end: every line as it was drawn last. */
function lastLines(shown: string): string[] {
  const rows: string[] = [''];
  let row = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is spoken to in control characters
  for (const [token] of shown.matchAll(/\x1b\[(\d*)([A-Z])|\r|\n|[^\x1b\r\n]+/g)) {
    const move = /(\d*)([AB])$/.exec(token);
    if (token === '\n') row++;
    else if (token.startsWith('\x1b') && move !== null)
      row += Number(move[1] || 1) * (move[2] === 'A' ? -1 : 1);
    else if (token.startsWith('\x1b')) rows[row] = '';
    else if (token !== '\r') rows[row] = (rows[row] ?? '') + token;
    rows[row] ??= '';
  }
  return rows.map((text) => text.trimEnd()).filter((text) => text !== '');
}

/**
 * Without what the stock client paints, what makes the two parties differ, and the order of lines: names of one image
 * in several repositories come from a map of Go's.
 */
function neutral({ code, stdout, stderr }: Output) {
  const plain = (text: string) =>
    stripVTControlCharacters(text)
      .replace(/(ours|theirs)\/config/g, 'PARTY/config')
      .split('\n')
      .sort();
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}
