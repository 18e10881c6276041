import assert from 'node:assert/strict';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { errnoOf, unlessErrno } from '#base';
import {
  cloneTree,
  makeDisk,
  mountApart,
  mountDisk,
  mountFlag,
  mountPointsBelow,
  openUserNamespace,
  setMountAttributes,
  unmountBelow,
} from '#linux';
import { mountSilent } from '../testing/silent-mount.ts';

const directory = mkdtempSync('/var/tmp/wharf-test-linux-');
after(() => {
  unmountBelow(directory);
  rmSync(directory, { recursive: true, force: true });
});

const openDescriptors = () => readdirSync('/proc/self/fd').length;

function place(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

test('openUserNamespace() maps the ids of a mount, both ways, and leaves no process or descriptor', () => {
  const path = place('mapped');
  writeFileSync(join(path, 'theirs'), '');
  chownSync(join(path, 'theirs'), 1000, 1001);
  const before = openDescriptors();
  {
    using namespace = openUserNamespace([{ from: 1000, to: 5, count: 1 }], [{ from: 1001, to: 6, count: 1 }]);
    using tree = cloneTree(path);
    setMountAttributes(tree.path, { userNamespace: namespace.fd });
    const { uid, gid } = statSync(join(tree.path, 'theirs'));
    assert.deepEqual([uid, gid], [5, 6]);
    assert.throws(() => writeFileSync(join(tree.path, 'of-nobody'), ''), { code: 'EOVERFLOW' });
  }
  assert.equal(openDescriptors(), before);
});

test('openUserNamespace() maps the ids of a tmpfs too, where the kernel can', async (context) => {
  const path = place('fast');
  await mountApart({ source: 'tmpfs', target: path, type: 'tmpfs', data: 'uid=1000' });
  try {
    using namespace = openUserNamespace([{ from: 1000, to: 5, count: 1 }], [{ from: 0, to: 0, count: 1 }]);
    using tree = cloneTree(path);
    setMountAttributes(tree.path, { userNamespace: namespace.fd });
    assert.equal(statSync(tree.path).uid, 5);
  } catch (error) {
    if (errnoOf(error) !== 'EINVAL') throw error;
    context.skip('this kernel cannot');
  } finally {
    unmountBelow(directory);
  }
});

test('openUserNamespace() refuses ranges that overlap', () => {
  const twice = { from: 0, to: 0, count: 2 };
  assert.throws(() => openUserNamespace([twice, twice], [twice]), { code: 'EINVAL' });
});

test('mountApart() goes on meanwhile, and fails as mount() does', async () => {
  const target = place('apart');
  await mountApart({ source: 'tmpfs', target, type: 'tmpfs', data: 'size=1m' });
  assert.deepEqual(mountPointsBelow(directory), [target]);
  unmountBelow(directory);
  assert.deepEqual(mountPointsBelow(directory), []);
  await assert.rejects(mountApart({ source: 'x', target, type: 'no-such-fs' }), { code: 'ENODEV' });
});

test('mountApart() holds nothing else up, however many wait for who does not answer', async () => {
  const silent = place('silent');
  const target = place('waiting');
  const server = mountSilent(silent);
  const bind = { source: `${silent}/x`, target, type: 'none', flags: mountFlag.bind };
  const waiting = Array.from({ length: 12 }, () => mountApart(bind));
  const ends = Promise.allSettled(waiting);
  try {
    assert.ok((await readdir(directory)).includes('silent'));
  } finally {
    server[Symbol.dispose]();
  }
  assert.deepEqual(new Set((await ends).map(({ status }) => status)), new Set(['rejected']));
});

test('mountDisk() mounts what makeDisk() made; its device goes with the mount', async () => {
  const file = join(directory, 'disk.img');
  const target = place('disk');
  const loops = () =>
    readdirSync('/sys/block')
      .filter((name) => name.startsWith('loop'))
      .map(backingFile)
      .filter((path) => path === file);
  assert.equal(await makeDisk(file, 2 << 20), true);
  const { ino } = statSync(file);
  assert.equal(await makeDisk(file, 4 << 20), true);
  assert.equal(statSync(file).ino, ino);
  mountDisk(file, target);
  assert.deepEqual([readdirSync(target), loops().length], [[], 1]);
  unmountBelow(directory);
  assert.equal(loops().length, 0);
  assert.throws(() => mountDisk(join(directory, 'none'), target), { code: 'ENOENT' });
});

function backingFile(device: string): string | undefined {
  const path = `/sys/block/${device}/loop/backing_file`;
  return unlessErrno(['ENOENT'], () => readFileSync(path, 'utf8').trim());
}
