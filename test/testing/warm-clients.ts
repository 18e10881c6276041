import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from './programs.ts';

/** The process ids of the clients that stay and listen below a folder. */
export function warmClients(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && wordsOf(name).some((word) => word.startsWith(`${folder}/`)))
    .filter((name) => wordsOf(name)[1] === '__warm')
    .map(Number);
}

/** Tells the clients that stay below a folder to leave, and waits until they have. */
export async function endWarmClients(folder: string): Promise<void> {
  for (const pid of warmClients(folder)) process.kill(pid, 'SIGTERM');
  await eventually('the warm clients leave', () => warmClients(folder).length === 0);
}

function wordsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
