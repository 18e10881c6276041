import { readTextAt } from '#linux';

/** A container may write what it likes into its files, and the daemon is to have room for it. */
const mostBytes = 1 << 20;

/** A file of a container's /etc that the container can write, too; undefined for one that it has made longer than 1 MiB. */
export function tryReadOwnFile(path: string): string | undefined {
  return readTextAt(path, mostBytes);
}
