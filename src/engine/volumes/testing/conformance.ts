import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EngineError } from '#base';
import type { VolumeDriver } from '../drivers/types.ts';

/** A driver with no volumes, and the same one as a daemon has it that was started after it. */
export interface DriverFixture extends AsyncDisposable {
  readonly driver: VolumeDriver;
  reopen(): VolumeDriver;
}

/** What every driver of volumes has to do, with volumes of such options. */
export function testVolumeDriver(
  kind: string,
  open: () => Promise<DriverFixture>,
  options: Readonly<Record<string, string>> = {},
): void {
  const hold = { name: 'hold', options };

  test(`${kind}: a volume is there from create() to remove(), which both may come twice`, async () => {
    await using fixture = await open();
    const { driver } = fixture;
    assert.equal(await driver.get(hold), undefined);
    await driver.create(hold);
    await driver.create(hold);
    assert.equal((await driver.get(hold))?.name, 'hold');
    assert.deepEqual(
      (await driver.list()).map(({ name }) => name),
      ['hold'],
    );
    await driver.remove(hold);
    await driver.remove(hold);
    assert.equal(await driver.get(hold), undefined);
    assert.deepEqual(await driver.list(), []);
  });

  test(`${kind}: files stay over unmount() and restarts, until the volume is removed`, async () => {
    await using fixture = await open();
    const { driver } = fixture;
    await driver.create(hold);
    const path = await driver.mount(hold, { user: 'a', isNew: true });
    writeFileSync(join(path, 'cargo'), 'grain');
    await driver.unmount(hold, { user: 'a', isLast: true });
    const next = fixture.reopen();
    const again = await next.mount(hold, { user: 'b', isNew: true });
    assert.equal(readFileSync(join(again, 'cargo'), 'utf8'), 'grain');
    await next.unmount(hold, { user: 'b', isLast: true });
    await next.remove(hold);
    await next.create(hold);
    assert.equal(existsSync(join(await next.mount(hold, { user: 'c', isNew: true }), 'cargo')), false);
    await next.unmount(hold, { user: 'c', isLast: true });
  });

  test(`${kind}: users share one path; it stays until the last is gone, also over a restart`, async () => {
    await using fixture = await open();
    const { driver } = fixture;
    await driver.create(hold);
    const path = await driver.mount(hold, { user: 'a', isNew: true });
    assert.equal(await driver.mount(hold, { user: 'a', isNew: false }), path);
    assert.equal(await driver.mount(hold, { user: 'b', isNew: true }), path);
    writeFileSync(join(path, 'cargo'), 'grain');
    await driver.unmount(hold, { user: 'a', isLast: false });
    const next = fixture.reopen();
    assert.equal(await next.mount(hold, { user: 'b', isNew: false }), path);
    assert.equal(readFileSync(join(path, 'cargo'), 'utf8'), 'grain');
    await next.unmount(hold, { user: 'b', isLast: true });
    await next.remove(hold);
  });

  test(`${kind}: bad options are invalid, and leave no volume`, async () => {
    await using fixture = await open();
    const bad = { name: 'hold', options: { 'no-such-option': '1' } };
    await assert.rejects(
      fixture.driver.create(bad),
      (error) => error instanceof EngineError && error.kind === 'invalid',
    );
    assert.deepEqual(await fixture.driver.list(), []);
  });
}
