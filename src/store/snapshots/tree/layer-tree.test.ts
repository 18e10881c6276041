import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainEntry, type TarEntry } from '#oci';
import { LayerTree } from './layer-tree.ts';
import type { DirectoryNode, LayerNode } from './node.ts';

type Given = Partial<TarEntry> & { readonly name: string };

function entry(given: Given): TarEntry {
  const type = given.name.endsWith('/') ? 'directory' : 'file';
  return { ...plainEntry(given.name), type, mode: 0o644, ...given };
}

function build(...entries: readonly Given[]): DirectoryNode {
  const tree = new LayerTree();
  for (const given of entries) tree.entry(entry(given));
  return tree.root;
}

function at(root: DirectoryNode, path: string): LayerNode | undefined {
  let node: LayerNode | undefined = root;
  for (const name of path.split('/')) node = node?.kind === 'directory' ? node.children.get(name) : undefined;
  return node;
}

function link(name: string, linkName: string): Given {
  return { name, linkName, type: 'symlink' };
}

test('LayerTree makes missing directories and takes a leading slash off', () => {
  const root = build({ name: '/a/b/file', mode: 0o600 });
  assert.equal(at(root, 'a/b/file')?.mode, 0o600);
  assert.equal(at(root, 'a')?.mode, 0o755);
});

test('LayerTree takes dots out of names', () => {
  const root = build({ name: './a/./b/../c//file' });
  assert.equal(at(root, 'a/c/file')?.kind, 'file');
});

test('LayerTree gives the root what its own entry says', () => {
  assert.equal(build({ name: './', mode: 0o700, uid: 7 }).uid, 7);
  assert.throws(() => build({ name: './', type: 'file' }), /root of a layer must be a directory/);
});

test('LayerTree refuses names that lead out of the layer', () => {
  for (const name of ['../x', 'a/../../x', '/..', '..', '/../etc/passwd']) {
    assert.throws(() => build({ name }), /is outside of the layer/, name);
  }
});

test('LayerTree follows symbolic links of the layer inside it', () => {
  const relative = build({ name: 'usr/lib/' }, link('lib', 'usr/lib'), { name: 'lib/file' });
  assert.equal(at(relative, 'usr/lib/file')?.kind, 'file');
  assert.equal(at(relative, 'lib')?.kind, 'symlink');
  const absolute = build(link('a/etc', '/real'), { name: 'a/etc/file' });
  assert.equal(at(absolute, 'real/file')?.kind, 'file');
});

test('LayerTree refuses links that lead out, and loops', () => {
  assert.throws(() => build(link('out', '../..'), { name: 'out/file' }), /is outside of the layer/);
  assert.throws(() => build(link('d/out', '../../etc'), { name: 'd/out/passwd' }), /is outside of the layer/);
  assert.throws(() => build(link('a', 'b'), link('b', 'a'), { name: 'a/file' }), /too many levels/);
});

test('LayerTree refuses a file below a file', () => {
  assert.throws(() => build({ name: 'a' }, { name: 'a/b' }), /a is not a directory/);
});

test('LayerTree shares a hard-linked file, and refuses links to what the layer does not have', () => {
  const root = build({ name: 'd/file' }, { name: 'hard', type: 'hardlink', linkName: 'd/file' });
  assert.equal(at(root, 'hard'), at(root, 'd/file'));
  for (const linkName of ['missing', 'd', 'no/such/folder']) {
    assert.throws(() => build({ name: 'd/' }, { name: 'h', type: 'hardlink', linkName }), /does not have/);
  }
  assert.throws(() => build({ name: 'h', type: 'hardlink', linkName: '../../etc/passwd' }), /outside/);
});

test('LayerTree lets the last entry of a name win, and keeps what a directory holds', () => {
  const root = build(
    { name: 'x', uid: 1 },
    { name: 'x', uid: 2 },
    { name: 'd/in' },
    { name: 'd/', mode: 0o700 },
  );
  assert.equal(at(root, 'x')?.uid, 2);
  assert.equal(at(root, 'd')?.mode, 0o700);
  assert.equal(at(root, 'd/in')?.kind, 'file');
  const replaced = build(
    { name: 'd/in' },
    { name: 'd', type: 'file' },
    { name: 'd/', mode: 0o711 },
    { name: 'd/new' },
  );
  assert.equal(at(replaced, 'd/in'), undefined);
  assert.equal(at(replaced, 'd/new')?.kind, 'file');
});

test('LayerTree turns whiteouts into nodes', () => {
  const root = build({ name: 'd/.wh.gone' });
  assert.equal(at(root, 'd/gone')?.kind, 'whiteout');
  assert.throws(() => build({ name: 'd/.wh.' }), /names nothing to hide/);
  assert.throws(() => build({ name: 'd/.wh...' }), /names nothing to hide/);
});

test('LayerTree never hides what the layer itself has', () => {
  const after = build({ name: 'd/file' }, { name: 'd/.wh.file' });
  assert.equal(at(after, 'd/file')?.kind, 'file');
  const before = build({ name: 'd/.wh.file' }, { name: 'd/file' });
  assert.equal(at(before, 'd/file')?.kind, 'file');
});

test('LayerTree makes a directory opaque that the layer removes and makes again', () => {
  const isOpaque = (root: DirectoryNode) => {
    const node = at(root, 'd');
    return node?.kind === 'directory' && node.opaque;
  };
  assert.equal(isOpaque(build({ name: '.wh.d' }, { name: 'd/' })), true);
  assert.equal(isOpaque(build({ name: '.wh.d' }, { name: 'd/file' })), true);
  assert.equal(isOpaque(build({ name: 'd/' }, { name: '.wh.d' })), true);
  assert.equal(isOpaque(build({ name: 'd/.wh..wh..opq' }, { name: 'd/file' })), true);
  assert.equal(isOpaque(build({ name: 'd/file' })), false);
});

test('LayerTree passes over what aufs left', () => {
  const root = build({ name: '.wh..wh.plnk/' }, { name: '.wh..wh.plnk/123.4' }, { name: '.wh..wh.aufs' });
  assert.equal(root.children.size, 0);
});

test('LayerTree drops attributes by which a tar would steer overlayfs', () => {
  const value = Buffer.from('y');
  const xattrs = ['trusted.overlay.opaque', 'trusted.overlay.redirect', 'user.ok'].map((name) => ({
    name,
    value,
  }));
  const root = build({ name: 'd/', xattrs });
  assert.deepEqual(
    at(root, 'd')?.xattrs.map(({ name }) => name),
    ['user.ok'],
  );
});

test('LayerTree refuses what no file can be', () => {
  assert.throws(() => build({ name: 'n'.repeat(256) }), /file name too long/);
  assert.throws(() => build({ name: 'a\0b' }), /NUL byte/);
  assert.throws(() => build({ name: 'v', type: 'other' }), /unhandled tar header type/);
  assert.throws(() => build(link('s', '')), /invalid target/);
  assert.throws(() => build(link('s', 't'.repeat(4096))), /invalid target/);
});

test('LayerTree refuses more attributes and names than memory should hold', () => {
  const xattrs = [{ name: 'user.big', value: Buffer.alloc(1 << 20) }];
  const heavy = Array.from({ length: 600 }, (_, index) => ({ name: `f${index}`, xattrs }));
  assert.throws(() => build(...heavy), /too many files/);
});
