/**
 * archive: local files as a tar stream and back, for `cp`. Names inside the archive are rebased on the
 * way. Nothing outside the destination is written, whatever the archive says: names that climb, and
 * links that the archive itself has put in the way, are refused.
 */

export { packFile, packMembers, packTree } from './pack.ts';
export { type CopyEnd, destinationOf, type Placement, placeCopy } from './placement.ts';
export { rebase } from './rebase.ts';
export { unpackTo } from './unpack.ts';
