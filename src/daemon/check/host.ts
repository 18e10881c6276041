import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { cgroupProbes } from './cgroup-probes.ts';
import { formatFindings, isFit, runProbes } from './check.ts';
import { kernelProbes } from './kernel-probes.ts';
import { networkProbes } from './network-probes.ts';
import { storageProbes } from './storage-probes.ts';

export interface HostCheck {
  /** What to print. */
  readonly report: string;
  /** Whether containers can run. */
  readonly fit: boolean;
}

/** Tries what an engine with this data root needs of its host, and leaves nothing behind. */
export function checkHost(dataRoot: string, format: 'text' | 'json'): HostCheck {
  const findings = runProbes([
    ...kernelProbes,
    ...cgroupProbes(),
    ...storageProbes(nearestFolder(dataRoot)),
    ...networkProbes,
  ]);
  const host = `Linux ${release()} ${process.arch}`;
  const report = format === 'json' ? JSON.stringify(findings, undefined, 2) : formatFindings(findings, host);
  return { report, fit: isFit(findings) };
}

/** A data root that is not there yet will be on the file system of its parent. */
function nearestFolder(path: string): string {
  return existsSync(path) || path === '/' ? path : nearestFolder(dirname(path));
}
