import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '#base';
import type { Metadata } from '#store/metadata';
import type { LayerDriver } from './drivers/driver.ts';
import { ErofsDriver } from './drivers/erofs.ts';
import { probeErofs } from './drivers/probe.ts';
import { UnpackDriver } from './drivers/unpack.ts';
import { LayerStore, layerTables } from './layers/layer-store.ts';
import { SnapshotStore, snapshotTables } from './snapshot-store.ts';
import type { Layers, Snapshots } from './types.ts';

export interface SnapshotOptions {
  /** Layers and snapshots are kept below it. */
  readonly dataRoot: string;
  /** Layer mounts are made below it; forgotten by a reboot. */
  readonly execRoot: string;
  readonly metadata: Metadata;
  readonly log: Log;
  /** Takes this driver instead of the best one that works here. */
  readonly driver?: 'erofs' | 'unpack';
}

/** Opens the layers and snapshots of a data root, and removes what a killed daemon left half done of layers. */
export async function openSnapshots(
  options: SnapshotOptions,
): Promise<{ readonly layers: Layers; readonly snapshots: Snapshots }> {
  const { dataRoot, metadata } = options;
  metadata.migrate('layers', layerTables);
  metadata.migrate('snapshots', snapshotTables);
  const layersRoot = join(dataRoot, 'layers');
  mkdirSync(dataRoot, { recursive: true });
  const driver = chooseDriver(options, layersRoot);
  const layers = new LayerStore(layersRoot, metadata, driver);
  await layers.reconcile();
  await driver.reconcile((diffId) => layers.get(diffId) !== undefined);
  return { layers, snapshots: new SnapshotStore(join(dataRoot, 'snapshots'), metadata, layers, driver) };
}

function chooseDriver({ dataRoot, execRoot, log, driver }: SnapshotOptions, layersRoot: string): LayerDriver {
  const shortRoot = join(execRoot, 'l');
  const obstacle = driver === 'unpack' ? 'asked for' : probeErofs(dataRoot);
  if (obstacle === undefined) return new ErofsDriver(layersRoot, shortRoot);
  log.info('layers will be unpacked', { reason: obstacle });
  return new UnpackDriver(layersRoot, join(dataRoot, 'unpacked'), shortRoot);
}
