import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { type DiffId, silentLog } from '#base';
import { parseMountInfo, unmount } from '#linux';
import { openMetadata } from '#store/metadata';
import { type ExpectedLayer, type Layers, openSnapshots, type Snapshots } from '#store/snapshots';

/** Layers and snapshots on a disk. */
export interface LayerStores extends AsyncDisposable {
  readonly layers: Layers;
  readonly snapshots: Snapshots;
  readonly dataRoot: string;
}

/** Gives a file of tests a folder for stores, which goes with all that is mounted below it. Needs root. */
export function useLayerStores() {
  const scratch = mkdtempSync('/var/tmp/wharf-test-layers-');
  after(() => {
    for (const { mountPoint } of parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) {
      if (mountPoint.startsWith(`${scratch}/`)) unmount(mountPoint, { lazy: true });
    }
    rmSync(scratch, { recursive: true, force: true });
  });
  return { scratch, openStore: (driver: 'erofs' | 'unpack') => openStore(scratch, driver), add };
}

async function openStore(scratch: string, driver: 'erofs' | 'unpack'): Promise<LayerStores> {
  const folder = mkdtempSync(join(scratch, 'store-'));
  const [dataRoot, execRoot] = [join(folder, 'data'), join(folder, 'exec')];
  mkdirSync(execRoot);
  const metadata = openMetadata(join(folder, 'metadata.db'));
  const opened = await openSnapshots({ dataRoot, execRoot, metadata, log: silentLog, driver });
  return {
    ...opened,
    dataRoot,
    async [Symbol.asyncDispose]() {
      await opened.snapshots.close();
      metadata.close();
    },
  };
}

/** Takes in a layer, which nothing holds afterwards. */
async function add(
  layers: Layers,
  source: AsyncIterable<Uint8Array>,
  expected: ExpectedLayer = {},
): Promise<DiffId> {
  await using ingest = await layers.ingest(expected, new AbortController().signal);
  for await (const chunk of source) await ingest.write(chunk);
  return (await ingest.finish()).diffId;
}
