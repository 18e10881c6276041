/** Both snapshot drivers on the real kernel, and mounted layers against `tar -x`. Needs root. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { silentLog } from '#base';
import { parseMountInfo, unmount } from '#linux';
import { openMetadata } from '#store/metadata';
import { openSnapshots } from '#store/snapshots';
import { type SnapshotFixture, testSnapshots } from '../../src/store/snapshots/testing/conformance.ts';
import { makeTar } from '../fixtures/tar.ts';

const scratch = mkdtempSync('/var/tmp/wharf-test-snapshots-');
after(() => {
  for (const { mountPoint } of parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    if (mountPoint.startsWith(`${scratch}/`)) unmount(mountPoint, { lazy: true });
  }
  rmSync(scratch, { recursive: true, force: true });
});

async function openStore(driver: 'erofs' | 'unpack'): Promise<SnapshotFixture> {
  const folder = mkdtempSync(join(scratch, 'store-'));
  const execRoot = join(folder, 'exec');
  mkdirSync(execRoot);
  const metadata = openMetadata(join(folder, 'metadata.db'));
  const options = { dataRoot: join(folder, 'data'), execRoot, metadata, log: silentLog, driver };
  const first = await openSnapshots(options);
  const opened = [first.snapshots];
  return {
    ...first,
    async reopen() {
      const again = await openSnapshots(options);
      opened.push(again.snapshots);
      return again;
    },
    async [Symbol.asyncDispose]() {
      for (const snapshots of opened) await snapshots.close();
      metadata.close();
    },
  };
}

for (const driver of ['erofs', 'unpack'] as const) {
  testSnapshots(driver, { open: () => openStore(driver), makeTar, scratch });
}
