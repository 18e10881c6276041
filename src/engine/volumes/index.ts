/**
 * engine/volumes: directories that outlive containers, `<data-root>/volumes/NAME/_data`, kept by the local
 * driver, and who uses them.
 *
 * Life cycle: made once by the daemon on the metadata store. Records and uses are rows; the directory is made
 * before the row and removed after it, so that a kill in between leaves at most an unlisted directory, which
 * the next create of that name takes over.
 *
 * It mounts nothing: containers bind the directory. Other drivers are refused.
 */
export { LocalVolumes, type VolumeRooms } from './local-volumes.ts';
export type * from './types.ts';
export { parseVolumeName } from './volume-name.ts';
