import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folders } from './settings.ts';

/** The bench's own small programs in C: the spawner that takes the times, the kernel's floor, pulling clients, traffic between two places, and names. */
const names = ['spawn', 'floor', 'fetch', 'traffic', 'names'] as const;
const compiler = ['gcc', '-std=c17', '-O2', '-Wall', '-Wextra', '-Werror', '-static'] as const;

export function toolPath(name: (typeof names)[number]): string {
  return `${folders.results}/${name}`;
}

/** Compiles what is missing or older than its source. */
export function ensureTools(): void {
  mkdirSync(folders.results, { recursive: true });
  const [command, ...flags] = compiler;
  for (const name of names) {
    const source = fileURLToPath(new URL(`src/${name}.c`, import.meta.url));
    const binary = toolPath(name);
    if (existsSync(binary) && statSync(binary).mtimeMs > statSync(source).mtimeMs) continue;
    execFileSync(command, [...flags, '-o', binary, source], { stdio: 'inherit' });
  }
}
