import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '#api';
import { digestOf } from '#base';
import { type Loose, recordOf } from '../testing/records.ts';

const mountsOf = (host: Loose<HostConfig>, context = {}) =>
  recordOf({ HostConfig: host }, undefined, context).mounts;

test('planMounts() reads -v of a path as a bind whose source is made', () => {
  const [mount] = mountsOf({ Binds: ['/srv/../data:/d/:ro,rslave'] });
  assert.deepEqual(
    [
      mount?.type,
      mount?.source,
      mount?.destination,
      mount?.writable,
      mount?.propagation,
      mount?.createSource,
    ],
    ['bind', '/data', '/d', false, 'rslave', true],
  );
});

test('planMounts() reads -v of a name as a volume that is filled', () => {
  const [mount] = mountsOf({ Binds: ['hold:/cargo'] });
  assert.deepEqual(
    [mount?.type, mount?.name, mount?.mode, mount?.copyUp, mount?.writable],
    ['volume', 'hold', '', true, true],
  );
  assert.equal(mountsOf({ Binds: ['hold:/cargo:nocopy'] })[0]?.copyUp, false);
});

test('planMounts() reads --mount of each type', () => {
  const mounts = mountsOf({
    Mounts: [
      { Type: 'bind', Source: '/srv', Target: '/a', BindOptions: { NonRecursive: true } },
      { Type: 'volume', Source: 'bb', Target: '/b', ReadOnly: true },
      { Type: 'tmpfs', Target: '/c', TmpfsOptions: { SizeBytes: 4096, Mode: 0o700 } },
    ],
  });
  assert.deepEqual(
    mounts.map(({ type, destination }) => [type, destination]),
    [
      ['bind', '/a'],
      ['volume', '/b'],
      ['tmpfs', '/c'],
    ],
  );
  assert.deepEqual(
    [mounts[0]?.recursive, mounts[0]?.createSource, mounts[1]?.writable],
    [false, false, false],
  );
  assert.deepEqual(mounts[2]?.options, ['size=4096', 'mode=700']);
});

test('planMounts() takes drivers from --volume-driver, and of --mount from there alone', () => {
  const mounts = mountsOf({
    VolumeDriver: 'cloud',
    Binds: ['hold:/a', '/srv:/b'],
    Mounts: [
      { Type: 'volume', Source: 'cc', Target: '/c', VolumeOptions: { DriverConfig: { Name: 'sky' } } },
    ],
  });
  assert.deepEqual(
    mounts.map(({ driver }) => driver),
    ['cloud', '', 'sky'],
  );
});

test('planMounts() mounts images for reading, as they are now', () => {
  const image = { id: digestOf('tools'), reference: 'tools:1', layers: [] };
  const spec = { Type: 'image', Source: 'tools:1', Target: '/t', ImageOptions: { Subpath: 'bin/./x' } };
  const [mount] = mountsOf({ Mounts: [spec] }, { imageOf: () => image });
  assert.deepEqual(
    [mount?.type, mount?.name, mount?.writable, mount?.subpath, mount?.image],
    ['image', 'tools:1', false, 'bin/./x', image],
  );
});

test('planMounts() reads idmap as a word of binds', () => {
  const [mount] = mountsOf({ Binds: ['/srv:/a:ro,idmap'] });
  assert.deepEqual([mount?.idMap, mount?.writable, mount?.mode], ['user', false, 'ro,idmap']);
});

test('planMounts() lets -v replace what --volumes-from brings, and both the volumes of the image', () => {
  const other = mountsOf({ Binds: ['one:/x', 'two:/y'] });
  const { mounts } = recordOf(
    { HostConfig: { VolumesFrom: ['dock:ro'], Binds: ['three:/y'] } },
    { Cmd: ['x'], Volumes: { '/x': {}, '/z': {} } },
    { mountsOf: (ref) => (ref === 'dock' ? other : []) },
  );
  assert.deepEqual(
    mounts.map(({ name, destination, writable }) => [name, destination, writable]),
    [
      ['one', '/x', false],
      ['three', '/y', true],
      ['', '/z', true],
    ],
  );
});

test('planMounts() takes several words of a mode with --volumes-from', () => {
  const mountsOfDock = () => mountsOf({ Binds: ['one:/x'] });
  const inherited = (spec: string) => mountsOf({ VolumesFrom: [spec] }, { mountsOf: mountsOfDock })[0];
  assert.equal(inherited('dock:ro,z')?.writable, false);
  assert.equal(inherited('dock:Z,cached')?.writable, true);
});

test('planMounts() spares what is below a bind for reading, for clients that expect it', () => {
  const host = { Binds: ['/a:/a:ro', 'hold:/b:ro'], Mounts: [{ Type: 'bind', Source: '/c', Target: '/c' }] };
  const below = (sparesBelow: boolean) =>
    mountsOf(host, { sparesBelow }).map(({ writableBelow }) => writableBelow);
  assert.deepEqual(below(false), [false, false, false]);
  assert.deepEqual(below(true), [true, false, true]);
});

test('planMounts() mounts outer paths before inner ones', () => {
  const mounts = mountsOf({ Binds: ['/1:/a/b/c', '/2:/a'] });
  assert.deepEqual(
    mounts.map(({ destination }) => destination),
    ['/a', '/a/b/c'],
  );
});

test("planMounts() refuses what makes no sense, in Docker's words", () => {
  const refuses = (host: Loose<HostConfig>, text: RegExp) => assert.throws(() => mountsOf(host), text);
  refuses({ Binds: ['/a:/x', 'bb:/x'] }, /Duplicate mount point: \/x$/);
  refuses({ Binds: ['/a:/x'], Tmpfs: { '/x': '' } }, /Duplicate mount point: \/x$/);
  refuses({ Binds: ['a:b:c:d'] }, /invalid volume specification: 'a:b:c:d'/);
  refuses({ Binds: ['/a:b'] }, /invalid mount path: 'b' mount path must be absolute/);
  refuses({ Binds: ['/a:/'] }, /destination can't be '\/'/);
  refuses({ Binds: ['/a:/b:rx'] }, /invalid mode: rx/);
  refuses({ Mounts: [{ Type: 'bind', Target: '/a' }] }, /type "bind": field Source must not be empty/);
  refuses({ Mounts: [{ Type: 'tmpfs', Source: '/a', Target: '/a' }] }, /field Source must not be specified/);
  refuses({ Binds: ['/a:/x:idmap,idmap=uids=0-1-1'] }, /invalid mode: idmap,idmap=uids=0-1-1/);
  refuses({ Binds: ['hold:/x:idmap'] }, /type "volume": field BindOptions must not be specified/);
  refuses({ Binds: ['/a:/x:nocopy'] }, /type "bind": field VolumeOptions must not be specified/);
  refuses({ Tmpfs: { '/x': 'size=1m,color=red' } }, /^EngineError: invalid tmpfs option "color"$/);
  for (const Subpath of ['..', '../a', 'a/../../b', '/a']) {
    const hold = { Type: 'volume', Source: 'hold', Target: '/a', VolumeOptions: { Subpath } };
    refuses({ Mounts: [hold] }, /type "volume": subpath must be a relative path within the volume/);
    const tools = { Type: 'image', Source: 'tools', Target: '/a', ImageOptions: { Subpath } };
    refuses({ Mounts: [tools] }, /type "image": subpath must be a relative path within the volume/);
  }
  const bind = { Type: 'bind', Source: '/a', Target: '/a' };
  refuses(
    { Mounts: [{ ...bind, BindOptions: { ReadOnlyForceRecursive: true } }] },
    /mount options conflict: !ReadOnly && BindOptions.ReadOnlyForceRecursive/,
  );
  refuses(
    { Mounts: [{ ...bind, ImageOptions: {} }] },
    /type "bind": field ImageOptions must not be specified/,
  );
  const options = (Options: string[][]) => ({
    Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { Options } }],
  });
  refuses(options([[]]), /type "tmpfs": invalid option array length/);
  refuses(options([['suid']]), /type "tmpfs": invalid option: suid/);
  refuses(options([['exec', '1']]), /^EngineError: invalid tmpfs option "exec"$/);
  refuses({ VolumesFrom: ['dock:ro:z'] }, /^EngineError: invalid mode: ro:z$/);
  for (const mode of ['ro,rw', 'nocopy', 'rshared', 'idmap']) {
    refuses({ VolumesFrom: [`dock:${mode}`] }, new RegExp(`^EngineError: invalid mode: ${mode}$`));
  }
  refuses({ Mounts: [{ Type: 'floppy', Target: '/a' }] }, /type "floppy": mount type unknown/);
});
