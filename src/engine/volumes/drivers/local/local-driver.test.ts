import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DriverFixture, testVolumeDriver } from '../../testing/conformance.ts';
import { LocalDriver } from './local-driver.ts';

testVolumeDriver('local driver', async (): Promise<DriverFixture> => {
  const root = mkdtempSync(join(tmpdir(), 'wt-volumes-'));
  return {
    driver: new LocalDriver({ root }),
    reopen: () => new LocalDriver({ root }),
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true }),
  };
});
