/**
 * The peers: docker, podman, runc and crun of Debian sid in a root of their own outside of the repository, all in one
 * private mount and network namespace (the world), with a registry.
 *
 * `ensurePeers` installs them once; `startPeers` brings up world, registry and the daemons asked for; `stopPeers`
 * ends exactly these, known by their pid files, and removes the containers, cgroups and mounts that they made.
 * What they store (images, layers) is kept for the next run. Nothing here measures anything.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { removeCgroups } from '../cpu.ts';
import { folders } from '../settings.ts';
import { ensureClients } from './clients.ts';
import { type Daemon, dockerd, ownRegistry, registry, wharfd } from './daemons.ts';
import { findResident, pause } from './process.ts';
import { runIn, startWorld, stopWorld } from './world.ts';

const daemons: readonly Daemon[] = [dockerd, wharfd];

export function ensurePeers(): void {
  const script = fileURLToPath(new URL('debian.sh', import.meta.url));
  execFileSync('sh', [script, folders.debian], { stdio: ['ignore', 'inherit', 'inherit'] });
  ensureClients();
}

export function startPeers(wanted: readonly Daemon[]): void {
  startWorld();
  registry.start();
  for (const daemon of wanted) daemon.start();
}

export function stopPeers(): void {
  if (findResident('world') !== undefined) {
    for (const daemon of daemons.filter(({ name }) => findResident(name) !== undefined)) {
      removeContainers(['docker', `--host=${daemon.address}`], ['rm', '-f']);
    }
    removeContainers(['podman', '--cgroup-manager=cgroupfs'], ['rm', '-f', '-t', '0']);
  }
  for (const daemon of [...daemons, ownRegistry, registry]) daemon.stop();
  stopWorld();
  pause(200);
  removeCgroups();
}

function removeContainers(client: readonly string[], remove: readonly string[]): void {
  const ids = runIn('peers', [...client, 'ps', '-aq'])
    .split('\n')
    .filter(Boolean);
  if (ids.length > 0) runIn('peers', [...client, ...remove, ...ids]);
}
