import { existsSync } from 'node:fs';
import { type BundleKind, bundlePath, bundleRoot } from './bundles.ts';
import { cgroupPrefix } from './cpu.ts';
import { clientPath } from './peers/clients.ts';
import { type Daemon, dockerd, wharfd } from './peers/daemons.ts';
import type { Place } from './peers/world.ts';
import { folders } from './settings.ts';
import type { Program } from './spawner.ts';
import { toolPath } from './tools.ts';

/** A container engine under measurement, driven by its own command line client. */
export interface Engine extends Program {
  readonly daemon: Daemon | undefined;
  /** Where it keeps images, as this machine sees it. */
  readonly store: string;
  /** Names of the processes it keeps for itself: daemon, shims, proxies. */
  readonly keeps: RegExp;
  readonly runOptions: readonly string[];
  readonly pullOptions: readonly string[];
  /** Removes running containers at once. */
  readonly forceRemove: readonly string[];
}

/** An OCI runtime under measurement. */
export interface Runtime extends Program {
  /** Arguments that run a bundle as container `bench-{}`. */
  readonly runBundle: (kind: BundleKind) => readonly string[];
}

const groups = (name: string): string[] => [`${cgroupPrefix}${name}`, `${cgroupPrefix}${name}-ct`];
const dockerClient = { place: 'peers', command: [clientPath('docker')] } as const;
const plain = { runOptions: [], pullOptions: [], forceRemove: ['rm', '-f'] } as const;

const docker: Engine = {
  ...plain,
  ...dockerClient,
  name: 'docker',
  environment: { DOCKER_HOST: dockerd.address, DOCKER_CONFIG: `${folders.run}/docker-config` },
  cgroups: groups('docker'),
  daemon: dockerd,
  store: `${folders.data}/docker`,
  keeps: /^(dockerd|containerd|containerd-shim|docker-proxy)$/,
};

const podman: Engine = {
  name: 'podman',
  place: 'peers',
  command: [clientPath('podman'), '--cgroup-manager=cgroupfs'],
  environment: { PODMAN_IGNORE_CGROUPSV1_WARNING: '1' },
  cgroups: groups('podman'),
  daemon: undefined,
  store: `${folders.debian}/var/lib/containers/storage`,
  keeps: /^(podman|conmon|netavark|aardvark-dns)$/,
  runOptions: [`--cgroup-parent=/${cgroupPrefix}podman-ct`],
  pullOptions: ['--tls-verify=false'],
  forceRemove: ['rm', '-f', '-t', '0'],
};

const wharf: Engine = {
  ...plain,
  name: 'wharf',
  place: 'network',
  command: [`${folders.wharf}/wharf`],
  environment: { DOCKER_HOST: wharfd.address, DOCKER_CONFIG: `${folders.run}/docker-config` },
  cgroups: groups('wharf'),
  daemon: wharfd,
  store: `${folders.data}/wharf`,
  keeps: /^(wharfd|wharf-shim)$/,
};

/** wharfd driven by Docker's own client. */
const wharfd28: Engine = { ...wharf, ...dockerClient, name: 'docker>wharfd' };

/** The first one is what the others are compared to. */
export const engines: readonly Engine[] = [docker, podman, wharf, wharfd28];

function ociRuntime(name: string, place: Place, path: string): Runtime {
  return {
    name,
    place,
    command: [path, '--root', `${folders.run}/${name}`],
    environment: {},
    cgroups: [`${cgroupPrefix}${name}`],
    runBundle: (kind) => ['run', '--bundle', bundlePath(kind), 'bench-{}'],
  };
}

/** No runtime, but the system calls that all of them must make. */
export const kernelFloor: Runtime = {
  name: 'floor',
  place: 'network',
  command: [toolPath('floor')],
  environment: {},
  cgroups: [`${cgroupPrefix}floor`],
  runBundle: (kind) => [kind, bundleRoot],
};

/** The first one is what the others are compared to. */
export const runtimes: readonly Runtime[] = [
  ociRuntime('runc', 'peers', 'runc'),
  ociRuntime('crun', 'peers', 'crun'),
  ociRuntime('wharf-runtime', 'network', `${folders.wharf}/wharf-runtime`),
  kernelFloor,
];

/** False, with a word to the user, for what of Wharf has not been built. */
export function isBuilt(program: Program): boolean {
  const [path = ''] = program.command;
  const needed = 'daemon' in program && program.daemon === wharfd ? `${folders.wharf}/wharfd` : path;
  if (!needed.startsWith(`${folders.wharf}/`) || existsSync(needed)) return true;
  console.error(`bench: ${program.name} is left out: ${needed} is missing, run \`npm run build\``);
  return false;
}
