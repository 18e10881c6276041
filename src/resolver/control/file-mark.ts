import { statSync } from 'node:fs';

/** What tells one file from the one that is put in its place. */
export function fileMark(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}
