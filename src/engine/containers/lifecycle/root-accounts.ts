import { constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { unlessErrno } from '#base';
import { type OpenDescriptor, openConfined, readText } from '#linux';
import { openDirectory } from '#tree';
import type { ContainerContext } from '../context.ts';
import type { AccountFiles } from '../spec/user.ts';
import type { ContainerRecord } from '../types.ts';

/** Accounts by image: most containers never change theirs. */
const ofImages = new Map<string, AccountFiles>();
const mostImages = 256;

/** The accounts in a stopped container's root. */
export async function readAccounts(
  context: ContainerContext,
  record: ContainerRecord,
): Promise<AccountFiles> {
  const changed = existsSync(join(context.snapshots.upperDir(record.id), 'etc'));
  const known = changed ? undefined : ofImages.get(record.image.id);
  if (known !== undefined) return known;
  await using root = await context.snapshots.open(record.id);
  using directory = openDirectory(root.path);
  const accounts = accountsBelow(directory);
  if (!changed) remember(record.image.id, accounts);
  return accounts;
}

/** The accounts in the root that a descriptor has open. */
export function accountsBelow(root: OpenDescriptor): AccountFiles {
  return { passwd: readBelow(root, 'etc/passwd'), group: readBelow(root, 'etc/group') };
}

function remember(image: string, accounts: AccountFiles): void {
  if (ofImages.size >= mostImages) ofImages.clear();
  ofImages.set(image, accounts);
}

/** Of a file of accounts; a longer one has none. */
const mostBytes = 16 << 20;

/** A device or a pipe in the place of the file must not make the daemon wait. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

const noFile = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'];

function readBelow(root: OpenDescriptor, path: string): string {
  const read = () => {
    using file = openConfined({ directory: root.fd, path, flags });
    return readText(file.fd, mostBytes);
  };
  return unlessErrno(noFile, read) ?? '';
}
