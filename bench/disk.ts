import { execFileSync } from 'node:child_process';

/** What a folder takes on disk, also while files in it come and go. */
export function storedBytes(folder: string): number {
  const script = 'du -sk -- "$1" 2>/dev/null || true';
  const printed = execFileSync('sh', ['-c', script, 'sh', folder], { encoding: 'utf8' });
  return Number(printed.split('\t')[0]) * 1024;
}
