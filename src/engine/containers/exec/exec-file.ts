import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContainerSettings } from '../context.ts';
import { bundleDirectory } from '../directories.ts';
import type { ContainerId, ExecConfig } from '../types.ts';

/** Which exec of which container. */
export interface ExecName {
  readonly id: string;
  readonly containerId: ContainerId;
}

type Roots = Pick<ContainerSettings, 'dataRoot' | 'execRoot'>;

/** Keeps what an exec was asked to be, beside its container's bundle, for a daemon that comes after this one. */
export function writeExecFile(roots: Roots, exec: ExecName & { readonly config: ExecConfig }): void {
  const path = pathOf(roots, exec);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(exec.config), { mode: 0o600 });
}

/** What an exec was asked to be; undefined when nobody kept it, or not to the end. */
export function readExecFile(roots: Roots, exec: ExecName): ExecConfig | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(roots, exec), 'utf8'));
  } catch {
    return undefined;
  }
}

export function removeExecFile(roots: Roots, exec: ExecName): void {
  rmSync(pathOf(roots, exec), { force: true });
}

function pathOf(roots: Roots, { id, containerId }: ExecName): string {
  return join(bundleDirectory(roots, containerId), 'execs', `${id}.json`);
}
