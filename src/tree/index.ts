/**
 * tree: directory trees of the host as members of an archive, and back: what export, commit, cp, copy-up and the
 * archives of volumes have in common.
 *
 * No life cycle: each call opens and closes what it reads or writes, but openDirectory() and its like, whose
 * descriptors their holder disposes of. Whoever changes the tree meanwhile, and whatever the archive says, no link
 * leads a call out of the directory it was given.
 *
 * It knows no container and no volume, and no form of an archive but its members.
 */
export { asksToFollow } from './asks-to-follow.ts';
export { applyAttributes, type Owner } from './attributes.ts';
export { copyMembers } from './copy-members.ts';
export { copyTree } from './copy-tree.ts';
export { followLinks } from './follow-links.ts';
export { openNoFollow } from './held-inode.ts';
export { openDirectory } from './open-directory.ts';
export { findPlace, memberName, placeError, type RootPlace } from './place.ts';
export { removeTree } from './remove-tree.ts';
export { type PathStat, statPath } from './stat-path.ts';
export {
  describeDirectory,
  isOwnXattr,
  type WalkedPlace,
  type WalkOptions,
  walkChildren,
  walkTree,
} from './walk-tree.ts';
export { type Target, type WriteOptions, writeMembers } from './write-members.ts';
