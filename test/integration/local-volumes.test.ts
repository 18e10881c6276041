import assert from 'node:assert/strict';
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mount, unmount } from '#linux';
import { LocalDriver } from '../../src/engine/volumes/drivers/local/local-driver.ts';
import { type DriverFixture, testVolumeDriver } from '../../src/engine/volumes/testing/conformance.ts';
import { mountSilent } from '../testing/silent-mount.ts';

interface LocalFixture extends DriverFixture {
  readonly root: string;
  readonly driver: LocalDriver;
}

async function openLocal(): Promise<LocalFixture> {
  const root = mkdtempSync('/var/tmp/wharf-test-sized-');
  const driver = new LocalDriver({ root });
  return {
    root,
    driver,
    reopen: () => new LocalDriver({ root }),
    async [Symbol.asyncDispose]() {
      for (const { name } of await driver.list()) await driver.remove({ name, options: {} });
      rmSync(root, { recursive: true });
    },
  };
}

testVolumeDriver('local driver with a size', openLocal, { size: '4m' });

test('a volume of a size begins empty, takes no more, and little on disk while it is empty', async () => {
  await using fixture = await openLocal();
  const { driver, root } = fixture;
  const hold = { name: 'hold', options: { size: '8m' } };
  await driver.create(hold);
  assert.ok((await driver.usage(hold)) < 1 << 20);
  const path = await driver.mount(hold);
  assert.deepEqual(readdirSync(path), []);
  writeFileSync(join(path, 'some'), Buffer.alloc(4 << 20, 1));
  assert.throws(() => writeFileSync(join(path, 'more'), Buffer.alloc(5 << 20, 1)), { code: 'ENOSPC' });
  assert.ok(statSync(join(root, 'hold/disk.img')).size === 8 << 20);
  await driver.unmount(hold, { user: 'a', isLast: true });
  assert.deepEqual(readdirSync(path), []);
});

test('a size that is too small or large leaves nothing', async () => {
  await using fixture = await openLocal();
  for (const size of ['1k', '9999999999999t']) {
    await assert.rejects(fixture.driver.create({ name: 'hold', options: { size } }), { kind: 'invalid' });
  }
  assert.deepEqual(await fixture.driver.list(), []);
  assert.deepEqual(readdirSync(fixture.root), ['.removed']);
});

test('who still has a file of a volume that was given back sees the same file system as who mounts it next', async () => {
  await using fixture = await openLocal();
  const { driver } = fixture;
  const hold = { name: 'hold', options: { size: '4m' } };
  await driver.create(hold);
  const path = await driver.mount(hold);
  const held = openSync(join(path, 'cargo'), 'w');
  try {
    await driver.unmount(hold, { user: 'a', isLast: true });
    assert.equal(await driver.mount(hold), path);
    assert.equal(statSync(path).dev, fstatSync(held).dev);
    writeSync(held, 'grain');
    assert.equal(readFileSync(join(path, 'cargo'), 'utf8'), 'grain');
  } finally {
    closeSync(held);
    await driver.unmount(hold, { user: 'b', isLast: true });
  }
});

test('a volume is found and made again without a look at what is mounted there', async () => {
  await using fixture = await openLocal();
  const { driver } = fixture;
  const hold = { name: 'hold', options: { type: 'fuse', device: 'silent' } };
  await driver.create(hold);
  using _silent = mountSilent(driver.directory('hold'));
  await driver.create(hold);
  assert.equal((await driver.get(hold))?.name, 'hold');
  assert.equal((await driver.list()).length, 1);
  assert.equal(await driver.mount(hold), driver.directory('hold'));
});

test('a volume is removed from a disk that has room for nothing', async () => {
  await using fixture = await openLocal();
  const { driver, root } = fixture;
  mount({ source: 'tmpfs', target: root, type: 'tmpfs', data: 'nr_inodes=8' });
  using _disk = { [Symbol.dispose]: () => unmount(root) };
  const hold = { name: 'hold', options: {} };
  await driver.create(hold);
  assert.throws(
    () => {
      for (let file = 0; ; file++) writeFileSync(join(root, 'hold/_data', String(file)), '');
    },
    { code: 'ENOSPC' },
  );
  await driver.remove(hold);
  assert.deepEqual(await driver.list(), []);
});
