import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { TarEntry } from '#oci';
import { contentDigest } from './content-digest.ts';
import { copyLayer, type ReadyAction, type ReadyCopy } from './copy-layer.ts';
import { select, selectedMembers } from './selection.ts';

const { signal } = new AbortController();
let folder = '';
let tree = '';
let root = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharf-test-copy-'));
  tree = join(folder, 'tree');
  root = join(folder, 'root');
  fill(tree, { 'a.txt': 'A', 'b.md': 'B', 'dir/one': '1', 'dir/two.txt': '22', 'dir/deep/three': '333' });
  fill(root, { 'etc/passwd': 'root', 'srv/real/x': '' });
  symlinkSync('real', join(root, 'srv/link'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fill(top: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(top, name, '..'), { recursive: true });
    writeFileSync(join(top, name), content);
    chmodSync(join(top, name), 0o644);
  }
}

function copy(source: string, destination: string, more: Partial<ReadyCopy> = {}): ReadyCopy {
  const defaults = { excludes: [], parents: false, unpack: false, owner: undefined, mode: undefined };
  return { kind: 'copy', tree, source, destination, ownerless: true, ...defaults, ...more };
}

async function entriesOf(actions: readonly ReadyAction[], isLinked = false): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const item of copyLayer(actions, {
    root: isLinked ? undefined : root,
    timeSeconds: 7,
    signal,
  })) {
    if (item.kind === 'entry') entries.push(item.entry);
  }
  return entries;
}

async function namesOf(...actions: ReadyAction[]): Promise<string[]> {
  return (await entriesOf(actions)).map(({ name, type }) => (type === 'directory' ? `${name}/` : name));
}

test('copyLayer() takes a file to a name, into a directory, or into one that is there', async () => {
  assert.deepEqual(await namesOf(copy('a.txt', '/x/y')), ['x/', 'x/y']);
  assert.deepEqual(await namesOf(copy('a.txt', '/x/')), ['x/', 'x/a.txt']);
  assert.deepEqual(await namesOf(copy('a.txt', '/srv')), ['srv/', 'srv/a.txt']);
  assert.deepEqual(await namesOf(copy('a.txt', '/')), ['a.txt']);
});

test('copyLayer() takes what is in a directory', async () => {
  const inside = ['dir/deep/', 'dir/deep/three', 'dir/one', 'dir/two.txt'].map((name) => name.slice(4));
  assert.deepEqual(await namesOf(copy('dir', '/x')), ['x/', ...inside.map((name) => `x/${name}`)]);
  assert.deepEqual(await namesOf(copy('dir/', '/')), inside);
  assert.deepEqual(await namesOf(copy('dir', '/x', { excludes: ['**/t*'] })), ['x/', 'x/deep/', 'x/one']);
});

test('copyLayer() calls what a link leads to by the name of the link', async () => {
  symlinkSync('a.txt', join(tree, 'link'));
  assert.deepEqual(await namesOf(copy('link', '/x/'), copy('li*', '/y/')), ['x/', 'x/link', 'y/', 'y/link']);
});

test('copyLayer() refuses names by which layers tell what is deleted', async () => {
  fill(tree, { 'marked/.wh.passwd': '', '.wh..wh..opq': '' });
  await assert.rejects(entriesOf([copy('marked', '/etc')]), /no layer can have a file of this name/);
  await assert.rejects(entriesOf([copy('.wh..wh..opq', '/etc/')]), /no layer can have a file of this name/);
});

test('copyLayer() takes what a pattern matches', async () => {
  assert.deepEqual(await namesOf(copy('*.txt', '/x/')), ['x/', 'x/a.txt']);
  assert.deepEqual(await namesOf(copy('d?r/*.txt', '/x/')), ['x/', 'x/two.txt']);
  assert.deepEqual(await namesOf(copy('*.nothing', '/x/')), []);
  await assert.rejects(namesOf(copy('gone', '/x')), /^EngineError: "\/gone": not found$/);
});

test('copyLayer() keeps the directories around with parents', async () => {
  const parents = { parents: true };
  assert.deepEqual(await namesOf(copy('dir/deep/three', '/x/', parents)), [
    'x/',
    'x/dir/',
    'x/dir/deep/',
    'x/dir/deep/three',
  ]);
  assert.deepEqual(await namesOf(copy('dir/./deep/three', '/x/', parents)), [
    'x/',
    'x/deep/',
    'x/deep/three',
  ]);
  assert.deepEqual(await namesOf(copy('**/*.txt', '/x/', parents)), [
    'x/',
    'x/a.txt',
    'x/dir/',
    'x/dir/two.txt',
  ]);
});

test('copyLayer() follows the links of the root, not those of the copied files', async () => {
  symlinkSync('/etc/passwd', join(tree, 'evil'));
  assert.deepEqual(await namesOf(copy('a.txt', '/srv/link/')), ['srv/', 'srv/real/', 'srv/real/a.txt']);
  assert.deepEqual(await namesOf(copy('dir', '/srv/link/new')).then((names) => names.slice(0, 3)), [
    'srv/',
    'srv/real/',
    'srv/real/new/',
  ]);
  await assert.rejects(namesOf(copy('evil', '/x')), /not found/);
});

test('copyLayer() gives owners and rights as asked, and none of the client’s', async () => {
  const [, file] = await entriesOf([copy('a.txt', '/x/y', { owner: { uid: 3, gid: 4 }, mode: 'go-r' })]);
  assert.deepEqual([file?.uid, file?.gid, file?.mode.toString(8)], [3, 4, '600']);
  const [top] = await entriesOf([copy('a.txt', '/x/y', { owner: { uid: 3, gid: 4 } })]);
  assert.deepEqual([top?.uid, top?.mode.toString(8), top?.mtimeSeconds], [3, '755', 7]);
});

test('copyLayer() keeps directories of the root as they are', async () => {
  chmodSync(join(root, 'srv'), 0o700);
  const [srv] = await entriesOf([copy('dir', '/srv')]);
  assert.deepEqual([srv?.name, srv?.mode.toString(8)], ['srv', '700']);
  assert.deepEqual((await entriesOf([copy('a.txt', '/srv/')], true))[0]?.mode.toString(8), '755');
});

test('copyLayer() refuses files in the place of directories', async () => {
  await assert.rejects(namesOf(copy('dir', '/etc/passwd')), /cannot copy to non-directory: \/etc\/passwd$/);
  fill(tree, { 'has/srv': '' });
  await assert.rejects(namesOf(copy('has', '/')), /cannot replace to directory \/srv with file$/);
});

test('copyLayer() keeps hard links of a directory', async () => {
  linkSync(join(tree, 'dir/one'), join(tree, 'dir/same'));
  const entries = await entriesOf([copy('dir', '/x')]);
  assert.equal(entries.find(({ name }) => name === 'x/same')?.linkName, 'x/one');
});

test('copyLayer() unpacks archives where asked, and leaves what only looks like one', async () => {
  execFileSync('tar', ['-C', tree, '-czf', join(tree, 'all.tgz'), 'dir']);
  writeFileSync(join(tree, 'fake.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6]));
  const names = await namesOf(copy('all.tgz', '/x', { unpack: true }));
  assert.deepEqual(names.sort(), [
    'x/',
    'x/dir/',
    'x/dir/deep/',
    'x/dir/deep/three',
    'x/dir/one',
    'x/dir/two.txt',
  ]);
  assert.deepEqual(await namesOf(copy('all.tgz', '/x')), ['x']);
  assert.deepEqual(await namesOf(copy('fake.gz', '/x/', { unpack: true })), ['x/', 'x/fake.gz']);
});

test('copyLayer() makes directories and files of its own', async () => {
  const owner = { uid: 5, gid: 6 };
  assert.deepEqual(await namesOf({ kind: 'directory', path: '/srv/real', owner, mode: undefined }), []);
  const [, made] = await entriesOf([{ kind: 'directory', path: '/srv/made', owner, mode: undefined }]);
  assert.deepEqual([made?.name, made?.uid, made?.gid], ['srv/made', 5, 6]);
  const content = Buffer.from('hi');
  const file = { kind: 'file', path: '/n/f', content, owner: undefined, mode: '0600' } as const;
  assert.deepEqual(
    (await entriesOf([file])).map(({ name, mode, sizeBytes }) => [name, mode.toString(8), sizeBytes]),
    [
      ['n', '755', 0],
      ['n/f', '600', 2],
    ],
  );
});

test('contentDigest() knows names, rights and contents, but no times', async () => {
  const digest = async () => {
    const [selection] = select(tree, { source: 'dir', excludes: [], parents: false });
    return await contentDigest(selectedMembers(selection ?? assert.fail('nothing selected'), [], signal));
  };
  const first = await digest();
  execFileSync('touch', ['-d', '2001-01-01', join(tree, 'dir/one')]);
  assert.equal(await digest(), first);
  chmodSync(join(tree, 'dir/one'), 0o600);
  assert.notEqual(await digest(), first);
  chmodSync(join(tree, 'dir/one'), 0o644);
  writeFileSync(join(tree, 'dir/one'), '2');
  assert.notEqual(await digest(), first);
});
