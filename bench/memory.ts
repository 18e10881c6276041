import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { worldPid } from './peers/world.ts';

/**
 * Memory of processes in the peers' network whose names match, as their proportional share of what is mapped (PSS).
 * Containers have networks of their own and are not in it.
 */
export function heldBytes(names: RegExp): number {
  const network = readlinkSync(`/proc/${worldPid()}/ns/net`);
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .reduce((total, pid) => total + shareOf(pid, names, network), 0);
}

function shareOf(pid: string, names: RegExp, network: string): number {
  try {
    if (!names.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim())) return 0;
    if (readlinkSync(`/proc/${pid}/ns/net`) !== network) return 0;
    const [, kibibytes = '0'] =
      /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kibibytes) * 1024;
  } catch {
    return 0;
  }
}
