import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { accounted } from '../cpu.ts';
import { folders, ownRegistryAddress, registryAddress } from '../settings.ts';
import { clientPath } from './clients.ts';
import { awaitResident, findResident, startResident, stopResident } from './process.ts';
import { inPlace } from './world.ts';

/** A daemon that the bench starts in the peers' world and stops again. */
export interface Daemon {
  readonly name: string;
  /** `unix://PATH`, the same path in every place. */
  readonly address: string;
  /** Starts it when it is not running, and waits until it answers. */
  start(): void;
  stop(): void;
}

export const dockerd = apiDaemon('dockerd', (socket) =>
  inPlace('peers', [
    ...accounted('bench-docker', ['dockerd', `--host=unix://${socket}`]),
    `--data-root=${folders.data}/docker`,
    '--exec-root=/run/docker',
    '--pidfile=/run/dockerd.pid',
    '--storage-driver=overlay2',
    '--feature=containerd-snapshotter=false',
    '--exec-opt=native.cgroupdriver=cgroupfs',
    '--cgroup-parent=/bench-docker-ct',
    '--log-level=warn',
  ]),
);

/**
 * Wharf's daemon sees this machine's files in a mount namespace of its own, with a tmpfs as its exec root as on a
 * machine with a tmpfs on /run: its mounts go with its last process. Its store begins empty.
 */
export const wharfd = apiDaemon('wharfd', (socket) => {
  const dataRoot = `${folders.data}/wharf`;
  const execRoot = `${folders.run}/wharf`;
  rmSync(dataRoot, { recursive: true, force: true });
  mkdirSync(execRoot, { recursive: true });
  const prepare = `mount -t tmpfs tmpfs ${execRoot}; exec "$@"`;
  return inPlace('network', [
    ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c', prepare, 'sh'],
    ...accounted('bench-wharf', [`${folders.wharf}/wharfd`, `--host=unix://${socket}`]),
    `--data-root=${dataRoot}`,
    `--exec-root=${execRoot}`,
    `--pidfile=${execRoot}/wharfd.pid`,
    '--bip=172.29.0.1/16',
    '--cgroup-parent=/bench-wharf-ct',
    '--log-level=warn',
  ]);
});

/** Debian's docker-registry, reached by all engines at `registryAddress`. */
export const registry = debianRegistry('registry', registryAddress, `${folders.data}/registry`);

/**
 * Debian's docker-registry with nothing in it, at an address where none was before: Docker remembers for ever which
 * layers a registry had. Stopping it removes what it was given.
 */
export function emptyRegistry(): Daemon & { readonly host: string } {
  const host = `127.0.0.1:${nextPort++}`;
  const folder = `${folders.data}/empty-registry`;
  const daemon = debianRegistry('empty-registry', host, folder);
  return {
    ...daemon,
    host,
    stop() {
      daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const firstPort = 20_000;
const portsOfRuns = 30_000;
/** Another one each second of half a day. */
let nextPort = firstPort + (Math.floor(Date.now() / 1000) % portsOfRuns);

function debianRegistry(name: string, host: string, folder: string): Daemon {
  return {
    name,
    address: `http://${host}`,
    start() {
      if (findResident(name) !== undefined) return;
      const file = `${folders.run}/${name}.yml`;
      writeFileSync(file, registryConfig(host, folder));
      const resident = startResident(name, inPlace('peers', ['docker-registry', 'serve', file]));
      awaitResident(resident, () => listens(host));
    },
    stop: () => stopResident(name),
  };
}

/** Our own registry: a copy of Debian's. Its store begins empty. */
export const ownRegistry: Daemon = {
  name: 'wharf-registry',
  address: `http://${ownRegistryAddress}`,
  start() {
    if (findResident('wharf-registry') !== undefined) return;
    const dataRoot = `${folders.data}/wharf-registry`;
    rmSync(dataRoot, { recursive: true, force: true });
    const place = ['--listen', ownRegistryAddress, '--data-root', dataRoot, '--log-level', 'warn'];
    const command = [`${folders.wharf}/wharf-registry`, ...place, '--cache', `http://${registryAddress}`];
    awaitResident(startResident('wharf-registry', inPlace('network', command)), () =>
      listens(ownRegistryAddress),
    );
  },
  stop: () => stopResident('wharf-registry'),
};

function registryConfig(host: string, folder: string): string {
  return `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: ${folder}}, delete: {enabled: true}}
http: {addr: '${host}'}
`;
}

function apiDaemon(name: string, command: (socket: string) => string[]): Daemon {
  const socket = `${folders.run}/${name}.sock`;
  return {
    name,
    address: `unix://${socket}`,
    start() {
      if (findResident(name) !== undefined) return;
      rmSync(socket, { force: true });
      awaitResident(startResident(name, command(socket)), () => answers(`unix://${socket}`));
    },
    stop() {
      stopResident(name);
      rmSync(socket, { force: true });
    },
  };
}

function answers(address: string): boolean {
  return succeeds(inPlace('peers', [clientPath('docker'), `--host=${address}`, 'version']));
}

function listens(address: string): boolean {
  return succeeds(inPlace('peers', ['bash', '-c', `exec 3<>/dev/tcp/${address.replace(':', '/')}`]));
}

function succeeds([program = '', ...args]: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
