/**
 * engine/volumes: directories that outlive containers, `<data-root>/volumes/NAME/_data`, kept by the local
 * driver, and who uses them.
 *
 * Life cycle: made once by the daemon on the metadata store, then reconcile(). Records and uses are rows; a directory
 * is made after its row, by whoever next wants the volume when a kill came between, and has another name before the
 * row goes, so that the next daemon finishes its removal.
 *
 * It mounts nothing: containers bind the directory. Other drivers are refused.
 */
export { LocalVolumes, type VolumeRooms } from './local-volumes.ts';
export type * from './types.ts';
export { parseVolumeName } from './volume-name.ts';
