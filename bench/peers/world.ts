import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environment, folders, peersFolder } from '../settings.ts';
import { awaitResident, findResident, readLog, startResident, stopResident } from './process.ts';

/**
 * Where a program runs: `peers` is the Debian root and the network of the peers, `network` their network with this
 * machine's own files.
 */
export type Place = 'peers' | 'network';

const script = fileURLToPath(new URL('world.sh', import.meta.url));

/** The namespaces that all engines share, kept by one sleeping process. */
export function startWorld(): void {
  if (findResident('world') !== undefined) return;
  for (const folder of [folders.work, folders.data, folders.run]) mkdirSync(folder, { recursive: true });
  const namespaces = ['--mount', '--net', '--propagation', 'private'];
  const world = startResident('world', ['unshare', ...namespaces, 'sh', script, folders.debian, peersFolder]);
  awaitResident(world, () => readLog('world').includes('ready'));
}

export function stopWorld(): void {
  stopResident('world');
}

export function worldPid(): number {
  const world = findResident('world');
  if (world === undefined) throw new Error("the peers' world is not running");
  return world.pid;
}

/** The command that runs `command` at a place. */
export function inPlace(place: Place, command: readonly string[]): string[] {
  const pid = worldPid();
  const mount = place === 'peers' ? [`--mount=/proc/${pid}/ns/mnt`] : [];
  return ['nsenter', ...mount, `--net=/proc/${pid}/ns/net`, '--', ...command];
}

/** Runs a command at a place and returns what it printed; throws when it fails. */
export function runIn(place: Place, command: readonly string[], env: Record<string, string> = {}): string {
  const [program = '', ...args] = inPlace(place, command);
  const options = { encoding: 'utf8', env: { ...environment, ...env }, stdio: 'pipe' } as const;
  return execFileSync(program, args, options).trim();
}
