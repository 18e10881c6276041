import { lstatSync, readFileSync } from 'node:fs';
import { unlessErrno } from '#base';
import type { AccountFiles } from '#engine/containers';
import { resolveIn } from '../copy/source-paths.ts';

const noFile = ['ENOENT', 'ENOTDIR'];

/** The accounts of a root that nobody changes. @param root a path of this process */
export function readAccounts(root: string): AccountFiles {
  return { passwd: readIn(root, '/etc/passwd'), group: readIn(root, '/etc/group') };
}

function readIn(root: string, path: string): string {
  const place = root + resolveIn(root, path);
  const read = () => (lstatSync(place).isFile() ? readFileSync(place, 'utf8') : '');
  return unlessErrno(noFile, read) ?? '';
}
