import type { Containers } from '#engine/containers';
import type { Events } from '#engine/events';
import type { Images } from '#engine/images';
import type { Networks } from '#engine/networks';
import type { Volumes } from '#engine/volumes';
import type { DockerApiParts, SystemFacts } from '../types.ts';

/** The calls that a test expects; every other one fails. */
export interface Fakes {
  readonly containers?: Partial<Containers>;
  readonly images?: Partial<Images>;
  readonly networks?: Partial<Networks>;
  readonly volumes?: Partial<Volumes>;
  readonly events?: Partial<Events>;
}

export const fakeFacts: SystemFacts = {
  id: 'engine-1',
  hostName: 'host',
  engineVersion: '0.0.1',
  gitCommit: 'abc',
  buildTime: '2024-01-01T00:00:00Z',
  runtimeVersion: 'none',
  kernelVersion: '6.1',
  operatingSystem: 'Debian',
  osVersion: '12',
  cpus: 2,
  memoryBytes: 4096,
  cgroupVersion: 2,
  limits: { memory: true, swap: false, cpu: true, cpuset: true, pids: true },
  openDescriptors: 9,
  logDrivers: ['local'],
  logDriver: 'local',
  warnings: [],
  ipv4Forwarding: true,
  dataRoot: '/data',
  storageDriver: 'erofs',
  storageStatus: [['a', 'b']],
  labels: [],
  debug: false,
  defaultRuntime: 'runc',
  registryMirrors: [],
  registries: {},
  proxies: { http: '', https: '', none: '' },
  oldestVersion: { major: 1, minor: 24 },
  disabledModules: [],
  insecureRegistries: ['10.0.0.0/8', 'registry.test:5000'],
};

/** Engine rooms that do what `fakes` says at the time of the call. */
export function fakeParts(fakes: () => Fakes): Omit<DockerApiParts, 'log'> {
  return {
    containers: room(() => fakes().containers),
    images: room(() => fakes().images),
    networks: room(() => fakes().networks),
    volumes: room(() => fakes().volumes),
    builder: room(() => undefined),
    buildkit: room(() => undefined),
    volumeArchives: room(() => undefined),
    secrets: { secret: room(() => undefined), config: room(() => undefined) },
    events: room(() => fakes().events),
    system: {
      facts: () => fakeFacts,
      measureDataRoot: async () => [],
      logIn: async () => ({ identityToken: '' }),
    },
  };
}

function room<T extends object>(current: () => Partial<T> | undefined): T {
  const get = (_target: object, name: string) => {
    const unexpected = () => {
      throw new Error(`unexpected call of ${name}`);
    };
    return Reflect.get(current() ?? {}, name) ?? unexpected;
  };
  return new Proxy({}, { get }) as T;
}
