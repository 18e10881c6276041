import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FileStat, Mirror } from './mirror.ts';

const modes = { directory: 2 ** 31 + 0o755, file: 0o644, link: 2 ** 27 + 0o777, fifo: 2 ** 25 + 0o644 };

function stat(path: string, type: keyof typeof modes = 'file', more: Partial<FileStat> = {}): FileStat {
  const nothing = {
    uid: 0,
    gid: 0,
    size: 0,
    modTime: 1n,
    linkname: '',
    devmajor: 0,
    devminor: 0,
    xattrs: {},
  };
  return { ...nothing, path, mode: modes[type], ...more };
}

function folder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'wharf-test-mirror-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('Mirror asks only for files that differ', () => {
  using root = folder();
  const sync = (...stats: readonly FileStat[]) => {
    const mirror = new Mirror(root.path);
    const wanted = stats.filter((each) => mirror.describe(each));
    for (const each of wanted) {
      writeFileSync(mirror.placeOf(each), 'x'.repeat(each.size));
      mirror.complete(each);
    }
    mirror.finish();
    return { wanted: wanted.map(({ path }) => path), hasChanged: mirror.hasChanged };
  };
  const files = [stat('..data'), stat('d', 'directory'), stat('d/f', 'file', { size: 3 }), stat('z')];
  assert.deepEqual(sync(...files), { wanted: ['..data', 'd/f', 'z'], hasChanged: true });
  assert.deepEqual(sync(...files), { wanted: [], hasChanged: false });
  const changed = sync(stat('d', 'directory'), stat('d/f', 'file', { size: 4 }), stat('z', 'fifo'));
  assert.deepEqual(changed, { wanted: ['d/f'], hasChanged: true });
  assert.deepEqual(readdirSync(root.path, { recursive: true }).sort(), ['d', 'd/f']);
});

test('Mirror makes hard links to files whose content is still to come', () => {
  using root = folder();
  const mirror = new Mirror(root.path);
  const first = stat('a', 'file', { size: 3 });
  assert.equal(mirror.describe(first), true);
  assert.equal(mirror.describe(stat('b', 'file', { size: 3, linkname: 'a' })), false);
  writeFileSync(mirror.placeOf(first), 'abc');
  mirror.complete(first);
  mirror.finish();
  assert.equal(readFileSync(join(root.path, 'b'), 'utf8'), 'abc');
  assert.equal(statSync(join(root.path, 'a')).nlink, 2);
  const again = new Mirror(root.path);
  assert.equal(again.describe(first), false);
  assert.equal(again.describe(stat('b', 'file', { size: 3, linkname: 'a' })), false);
  assert.equal(again.hasChanged, false);
});

test('Mirror makes nothing outside of its directory', () => {
  using outside = folder();
  const hostile: (readonly FileStat[])[] = [
    ...['', '.', '..', '../x', '/x', 'a/../../x', './x', 'x/', 'a//b', 'no/x'].map((path) => [stat(path)]),
    [stat('l', 'link', { linkname: outside.path }), stat('l/x')],
    [stat('d', 'directory'), stat('d', 'link', { linkname: outside.path }), stat('d/x')],
    [stat('f', 'file', { size: 1 }), stat('f', 'link', { linkname: join(outside.path, 'x') })],
    [stat('l', 'link', { linkname: outside.path }), stat('l/', 'directory')],
    [stat('f', 'file', { linkname: '../x' })],
    [stat('l', 'link', { linkname: '/etc/passwd' }), stat('h', 'file', { linkname: 'l' })],
  ];
  for (const stats of hostile) {
    using root = folder();
    const mirror = new Mirror(root.path);
    const all = () => stats.forEach((each) => void mirror.describe(each));
    assert.throws(all, /a client describes|a hard link leads/, JSON.stringify(stats.map(({ path }) => path)));
  }
  assert.deepEqual(readdirSync(outside.path), []);
});
