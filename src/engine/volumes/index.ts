/**
 * engine/volumes: directories that outlive containers, and who uses them. The local driver keeps them in
 * `<data-root>/volumes/NAME/_data`; drivers of other programs wherever they like.
 *
 * Life cycle: made once by the daemon on the metadata store, then reconcile(); when the containers are known,
 * unmountOthers(). Records, uses and mounts are rows; a directory is made after its row, by whoever next wants the
 * volume when a kill came between, and is moved aside before the row goes, so that the next daemon finishes its
 * removal.
 *
 * It knows no container: whoever uses a volume is a name that its user gives.
 */
export { ArchiveEngine, type ArchiveRooms } from './archive/archives.ts';
export type { CloneOptions, ImportOptions, VolumeArchives, VolumeSnapshot } from './archive/types.ts';
export { type ForeignDrivers, noForeignDrivers } from './drivers/drivers.ts';
export type { PluginFolders } from './drivers/plugin/find-plugin.ts';
export { PluginDrivers } from './drivers/plugin/plugin-drivers.ts';
export type { DriverRequest, DriverVolume, VolumeDriver, VolumeScope } from './drivers/types.ts';
export type * from './types.ts';
export { VolumeEngine, type VolumeRooms } from './volumes.ts';
