/**
 * store/snapshots: layers, and writable file systems over stacks of them. A layer is kept as its tar, named by
 * its diffID; an index written in the same pass makes it mountable. Drivers: `erofs` mounts the index over the
 * tar, `unpack` extracts the tar where the kernel can do no better.
 *
 * Life cycle: the daemon opens it once, `reconcile`s it when the containers are known, and closes it last.
 * Layer mounts outlive the daemon: running containers stand on them.
 *
 * It knows no images, no containers and no registry: users of layers are names, keys of snapshots are strings.
 */
export { probeErofs } from './drivers/probe.ts';
export { openSnapshots, type SnapshotOptions } from './open-store.ts';
export type {
  ExpectedLayer,
  LayerCondition,
  LayerIngest,
  LayerRecord,
  Layers,
  SnapshotRoot,
  Snapshots,
  TreeChange,
} from './types.ts';
