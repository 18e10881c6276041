import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('what builds download', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const folder = mkdtempSync('/var/tmp/wharf-test-remote-');
  const served = new Map<string, Buffer>();
  const server = createServer(({ url = '' }, response) => {
    const content = served.get(url) ?? readServed(join(folder, url.split('?')[0] ?? ''));
    if (content === undefined) return response.writeHead(404).end();
    response.writeHead(200, { 'Last-Modified': 'Tue, 01 Jun 2021 10:00:00 GMT' });
    return response.end(content);
  });
  let origin = '';
  let commit = '';

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    commit = makeRepository(folder);
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const build = (dockerfile: string, ...flags: readonly string[]) =>
    suite.docker(['build', '-q', ...flags, '-'], {
      input: makeTar([{ path: 'Dockerfile', content: dockerfile }]),
      env: { DOCKER_BUILDKIT: '0' },
    });
  async function built(dockerfile: string): Promise<string> {
    const { code, stdout, stderr } = await build(dockerfile);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }
  const see = (image: string, script: string) => suite.ok(['run', '--rm', image, 'sh', '-c', script]);

  test('ADD of an address: its owner alone may read it, and it has the time that the server says', async () => {
    served.set('/a%20b.tar', makeTar([{ path: 'in', content: 'x' }]));
    const image = await built(
      `FROM base:1\nADD ${origin}/a%20b.tar /kept/\nADD --unpack ${origin}/a%20b.tar /un/`,
    );
    const seen = await see(image, 'stat -c "%a %u:%g %Y" "/kept/a b.tar"; cat /un/in');
    assert.equal(seen, '600 0:0 1622541600\nx');
  });

  test('ADD of an address is made again only when its content is another', async () => {
    served.set('/f', Buffer.from('one'));
    const text = `FROM base:1\nADD --chmod=644 ${origin}/f /f\nRUN cat /f > /copy`;
    const first = await built(text);
    assert.equal(await built(text), first);
    served.set('/f', Buffer.from('two'));
    assert.equal(await see(await built(text), 'cat /copy'), 'two');
  });

  test('ADD of an address that changes its content, or is not there', async () => {
    served.set('/sum', Buffer.from('sum'));
    const right = createHash('sha256').update('sum').digest('hex');
    await built(`FROM base:1\nADD --checksum=sha256:${right} ${origin}/sum /sum`);
    const changed = await build(`FROM base:1\nADD --checksum=sha256:${'0'.repeat(64)} ${origin}/sum /sum`);
    assert.match(changed.stderr, new RegExp(`digest mismatch sha256:${right}: sha256:0{64}`));
    const gone = await build(`FROM base:1\nADD ${origin}/gone /x`);
    assert.match(gone.stderr, /gone: invalid response status 404/);
    const down = await build('FROM base:1\nADD http://127.0.0.1:1/x /x');
    assert.match(down.stderr, /failed to load http:\/\/127\.0\.0\.1:1\/x/);
    const unnamed = await build(`FROM base:1\nADD ${origin}/ /dir/`);
    assert.match(unnamed.stderr, /cannot determine filename from url/);
  });

  test('ADD of a git repository: a branch, a directory of it, a commit that is checked', async () => {
    const remote = `${origin}/repository.git`;
    const image = await built(
      `FROM base:1\nADD ${remote}#side:sub /side\nADD --keep-git-dir --checksum=${commit.slice(0, 12)} ${remote} /all`,
    );
    assert.equal(
      await see(image, 'cat /side/file /all/sub/file; test -d /all/.git && ls -A /side'),
      'side\nmain\nfile',
    );
    const other = await build(`FROM base:1\nADD --checksum=${'0'.repeat(40)} ${remote} /all`);
    assert.match(other.stderr, new RegExp(`expected checksum to match 0{40}, got ${commit}`));
    assert.match(
      (await build(`FROM base:1\nADD ${remote}#absent /x`)).stderr,
      /failed to fetch remote .* at absent/,
    );
    assert.match((await build(`FROM base:1\nADD ${remote}#:absent /x`)).stderr, /"\/absent": not found/);
    assert.match((await build(`FROM base:1\nADD ${remote}#--upload-pack=x /x`)).stderr, /invalid git ref/);
  });

  test('a context by its address: a repository, an archive, a Dockerfile', async () => {
    served.set(
      '/ctx.tar',
      makeTar([
        { path: 'Dockerfile', content: 'FROM base:1\nCOPY f /f' },
        { path: 'f', content: 'F' },
      ]),
    );
    served.set('/plain', Buffer.from('FROM base:1\nRUN echo P > /f'));
    const remotes = [`${origin}/repository.git#:sub`, `${origin}/ctx.tar`, `${origin}/plain`];
    const found: string[] = [];
    for (const [index, remote] of remotes.entries()) {
      const query = new URLSearchParams({ remote, t: `remote:${index}` });
      const { text } = await exchange(suite.wharf.socketPath, 'POST', `/build?${query}`);
      assert.match(text, /Successfully tagged/);
      found.push(await see(`remote:${index}`, 'cat /f'));
    }
    assert.deepEqual(found, ['main', 'F', 'P']);
    assert.deepEqual(readdirSync(join(suite.wharf.dataRoot, 'builder', 'sources')), []);
  });
});

function readServed(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** A bare repository that a server of plain files can give. @returns the commit of its main branch */
function makeRepository(folder: string): string {
  const work = join(folder, 'work');
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: work,
      env,
      encoding: 'utf8',
    });
  mkdirSync(join(work, 'sub'), { recursive: true });
  const write = (content: string) => {
    writeFileSync(join(work, 'sub', 'file'), content);
    git('add', '.');
    git('commit', '-q', '-m', 'm');
  };
  git('init', '-q', '-b', 'main', '.');
  writeFileSync(join(work, 'sub', 'Dockerfile'), 'FROM base:1\nCOPY file /f\n');
  write('main\n');
  const commit = git('rev-parse', 'HEAD').trim();
  git('checkout', '-q', '-b', 'side');
  git('rm', '-q', 'sub/Dockerfile');
  write('side\n');
  git('checkout', '-q', 'main');
  git('clone', '-q', '--bare', '.', join(folder, 'repository.git'));
  execFileSync('git', ['update-server-info'], { cwd: join(folder, 'repository.git'), env });
  return commit;
}
