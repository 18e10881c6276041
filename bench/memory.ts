import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { worldPid } from './peers/world.ts';

/**
 * Memory of processes in the peers' network whose names match, as their proportional share of what is mapped (PSS).
 * Containers have networks of their own and are not in it.
 */
export function heldBytes(names: RegExp): number {
  return sumOf(names, 'smaps_rollup', /^Pss:\s+(\d+)/m);
}

/** What they had in memory at most since `forgetPeaks`, all that is mapped of files with it. */
export function peakBytes(names: RegExp): number {
  return sumOf(names, 'status', /^VmHWM:\s+(\d+)/m);
}

/** Begins to measure peaks anew. */
export function forgetPeaks(names: RegExp): void {
  const resetPeak = '5';
  for (const pid of processes(names)) writeFileSync(`/proc/${pid}/clear_refs`, resetPeak);
}

function sumOf(names: RegExp, file: string, kibibytes: RegExp): number {
  return processes(names).reduce(
    (total, pid) => total + readKibibytes(`/proc/${pid}/${file}`, kibibytes) * 1024,
    0,
  );
}

function processes(names: RegExp): string[] {
  const network = readlinkSync(`/proc/${worldPid()}/ns/net`);
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOne(pid, names, network));
}

function isOne(pid: string, names: RegExp, network: string): boolean {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    return names.test(name) && readlinkSync(`/proc/${pid}/ns/net`) === network;
  } catch {
    return false;
  }
}

function readKibibytes(file: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
