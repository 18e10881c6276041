import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checked } from './errno.ts';

/** Ids in a row that stand for others: on a mount, those of the files for those that are seen. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * A new user namespace that nobody is in, to map a mount's ids by.
 * @throws SystemCallError EINVAL for ranges that overlap
 */
export function openUserNamespace(uids: readonly IdRange[], gids: readonly IdRange[]): OpenDescriptor {
  const descriptor = addon().userNamespace(encodeMap(uids), encodeMap(gids));
  return ownDescriptor(checked(descriptor, 'user namespace'));
}

function encodeMap(ranges: readonly IdRange[]): string {
  return ranges.map(({ from, to, count }) => `${from} ${to} ${count}\n`).join('');
}
