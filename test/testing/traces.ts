import { readdirSync, readFileSync } from 'node:fs';
import type { TestWharf } from './wharf.ts';

/** What a broken pull leaves for the next one is the daemon's own too, and what it is about to take away. */
const ownFiles = /-(wal|shm|journal)$|^containers$|^(events|partial)\/|^layers\/leaving-|^resolver\.sock$/;

/** What a failed request must leave as it was: every path below the roots but the daemon's own, and every mount there. */
export function traces(wharf: TestWharf): string[] {
  const files = [wharf.dataRoot, wharf.execRoot].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => !ownFiles.test(path))
      .map((path) => `${root}/${path}`),
  );
  const mounts = readFileSync(`/proc/${wharf.pid}/mountinfo`, 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(wharf.folder));
  return [...files, ...mounts.map((point) => `mount ${point}`)].sort();
}
