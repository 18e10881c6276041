import { constants } from 'node:fs';
import { posix } from 'node:path';
import { unlessErrno } from '#base';
import { type OpenDescriptor, openConfined, openPathOnly } from '#linux';
import { applyAttributes } from './attributes.ts';
import { openDirectory } from './open-directory.ts';
import { describeDirectory, walkTree } from './walk-tree.ts';
import { writeMembers } from './write-members.ts';

/** Copies a directory of a container's root, with owners and rights, into a directory of the host. */
export async function copyTree(root: OpenDescriptor, path: string, target: string): Promise<void> {
  using source = openIfDirectory(root, path);
  if (source === undefined) return;
  using directory = openDirectory(target);
  await writeMembers(walkTree(`${source.path}/.`, '.', { sparse: true }), { root: directory, path: '/' }, {});
  applyAttributes(`${directory.path}/.`, describeDirectory(source.path));
}

function openIfDirectory(root: OpenDescriptor, path: string): OpenDescriptor | undefined {
  const flags = openPathOnly | constants.O_DIRECTORY;
  return unlessErrno(['ENOENT', 'ENOTDIR'], () =>
    openConfined({ directory: root.fd, path: posix.resolve('/', path), flags }),
  );
}
