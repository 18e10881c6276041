import { readFileSync } from 'node:fs';
import { terminalSize } from '../terminal-size.ts';
import type { Surroundings } from './create-options/index.ts';

/** The files, the environment and the terminal of this process. */
export function ownSurroundings(): Surroundings {
  const size = terminalSize(1);
  return {
    readFile: readTextFile,
    environment: process.env,
    consoleSize: [size?.rows ?? 0, size?.columns ?? 0],
  };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
};

function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new Error(`open ${path}: ${reasons[code] ?? code}`);
  }
}
