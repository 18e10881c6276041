import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  attachMount,
  getXattr,
  listXattrs,
  makeNode,
  mount,
  mountAttribute,
  mountDetached,
  openConfined,
  openPathOnly,
  openPidfd,
  openPipe,
  ownDescriptor,
  parseMountInfo,
  peerCredentials,
  pollEvent,
  readAvailable,
  readNamespace,
  receiveDescriptors,
  removeXattr,
  type SystemCallError,
  sendDescriptors,
  setMountAttributes,
  setXattr,
  signalPidfd,
  socketPair,
  unmount,
  watchDescriptor,
  writeAvailable,
} from '#linux';

const directory = mkdtempSync(join(tmpdir(), 'wt-linux-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const openDescriptors = () => readdirSync('/proc/self/fd').length;

function place(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}

function mountAt(path: string) {
  return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')).find(
    (entry) => entry.mountPoint === path,
  );
}

test('mount() and unmount() put a filesystem in the tree and take it away', () => {
  const target = place('with space');
  mount({ source: 'wt', target, type: 'tmpfs', data: 'size=1m' });
  assert.equal(mountAt(target)?.type, 'tmpfs');
  unmount(target);
  assert.equal(mountAt(target), undefined);
});

test('mount() fails with the errno name, the call and the path', () => {
  assert.throws(
    () => mount({ source: 'wt', target: join(directory, 'nowhere'), type: 'tmpfs' }),
    (error: SystemCallError) => error.code === 'ENOENT' && error.syscall === 'mount',
  );
});

test('mountDetached() is seen only through its descriptor and leaves nothing', () => {
  const before = openDescriptors();
  {
    using detached = mountDetached({ type: 'tmpfs', options: [['size', '1m'], ['ro']] });
    assert.deepEqual(readdirSync(detached.path), []);
    assert.throws(() => writeFileSync(`${detached.path}/file`, ''), { code: 'EROFS' });
  }
  assert.equal(openDescriptors(), before);
});

test("mountDetached() fails with the kernel's words", () => {
  assert.throws(
    () => mountDetached({ type: 'tmpfs', options: [['no-such-option', 'x']] }),
    (error: SystemCallError) => error.code === 'EINVAL' && error.message.includes('no-such-option'),
  );
});

test('attachMount() and setMountAttributes() place a detached mount and make it read-only', () => {
  const target = place('attached');
  using detached = mountDetached({ type: 'tmpfs', options: [], attributes: mountAttribute.noSuid });
  attachMount(detached, target);
  try {
    setMountAttributes(target, { set: mountAttribute.readOnly });
    assert.ok(mountAt(target)?.options.includes('ro'));
    assert.ok(mountAt(target)?.options.includes('nosuid'));
  } finally {
    unmount(target, { lazy: true });
  }
});

test('openConfined() keeps absolute links and .. inside the directory', () => {
  const root = place('root');
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), 'inside');
  symlinkSync('/etc/passwd', join(root, 'absolute'));
  symlinkSync('../../../../etc/passwd', join(root, 'climbing'));
  using handle = ownDescriptor(openSync(root, constants.O_DIRECTORY));
  for (const path of ['absolute', 'climbing']) {
    using file = openConfined({ directory: handle.fd, path, flags: constants.O_RDONLY });
    assert.equal(readFileSync(file.path, 'utf8'), 'inside');
  }
  using byPath = openConfined({ directory: handle.fd, path: '/..', flags: openPathOnly });
  assert.deepEqual(readdirSync(byPath.path).sort(), ['absolute', 'climbing', 'etc']);
});

test('makeNode() makes the device that overlayfs takes for a whiteout', () => {
  const path = join(place('nodes'), 'gone');
  makeNode({ path, type: 'character', mode: 0, major: 0, minor: 0 });
  assert.equal(readdirSync(join(directory, 'nodes'), { withFileTypes: true })[0]?.isCharacterDevice(), true);
});

test('extended attributes are set, listed, read and removed', () => {
  const path = place('attributes');
  setXattr(path, 'trusted.overlay.opaque', Buffer.from('y'));
  assert.ok(listXattrs(path).includes('trusted.overlay.opaque'));
  assert.deepEqual(getXattr(path, 'trusted.overlay.opaque'), Uint8Array.from([0x79]));
  removeXattr(path, 'trusted.overlay.opaque');
  assert.equal(getXattr(path, 'trusted.overlay.opaque'), undefined);
});

test('sendDescriptors() hands an open file to the other end', () => {
  const [left, right] = socketPair();
  using sender = left;
  using receiver = right;
  writeFileSync(join(directory, 'passed'), 'through');
  using file = ownDescriptor(openSync(join(directory, 'passed'), 'r'));
  sendDescriptors(sender.fd, Buffer.from('x'), [file.fd]);
  const { length, descriptors } = receiveDescriptors(receiver.fd, new Uint8Array(8), 4);
  using received = descriptors[0];
  assert.equal(length, 1);
  assert.equal(readFileSync(received?.path ?? '', 'utf8'), 'through');
  assert.deepEqual(peerCredentials(sender.fd), { pid: process.pid, uid: 0 });
});

test('watchDescriptor() reports the end of a process by its pidfd', async () => {
  const child = spawn('sleep', ['1000']);
  using pidfd = openPidfd(child.pid ?? 0);
  const events = await new Promise<number>((resolve) => {
    const watch = watchDescriptor(pidfd.fd, (happened) => {
      watch[Symbol.dispose]();
      resolve(happened);
    });
    watch.arm(pollEvent.readable);
    signalPidfd(pidfd, 9);
  });
  assert.ok(events & pollEvent.readable);
});

test('watchDescriptor() reports a pipe once per arm, in the order bytes and end', async () => {
  const { reader, writer } = openPipe();
  using readEnd = reader;
  const buffer = new Uint8Array(16);
  assert.equal(readAvailable(readEnd.fd, buffer), undefined);
  const lengths: (number | undefined)[] = [];
  await new Promise<void>((resolve) => {
    const watch = watchDescriptor(readEnd.fd, () => {
      lengths.push(readAvailable(readEnd.fd, buffer));
      if (lengths.length === 1) writer[Symbol.dispose]();
      if (lengths.at(-1) !== 0) return watch.arm(pollEvent.readable);
      watch[Symbol.dispose]();
      resolve();
    });
    watch.arm(pollEvent.readable);
    assert.equal(writeAvailable(writer.fd, Buffer.from('hello')), 5);
  });
  assert.deepEqual(lengths, [5, 0]);
});

test('readNamespace() names the same namespace for us and for no process nothing', () => {
  assert.equal(readNamespace('self', 'net'), readNamespace(process.pid, 'net'));
  assert.equal(readNamespace(2 ** 22 + 1, 'net'), undefined);
});
