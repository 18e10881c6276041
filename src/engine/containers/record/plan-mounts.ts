import { posix } from 'node:path';
import { type ContainerConfig, type HostConfig, messages } from '#api';
import { EngineError } from '#base';
import type { ContainerMount, ImageOrigin } from '../types.ts';
import { mountFromBind, parseMode } from './mount-from-bind.ts';
import { mountFromSpec } from './mount-from-spec.ts';
import { noMount } from './no-mount.ts';
import { refuseBadTmpfs } from './tmpfs-options.ts';

/** What mounts can name besides paths of the host and volumes. */
export interface MountSources {
  /** The mounts of another container by its name or id. @throws EngineError notFound */
  readonly mountsOf: (ref: string) => readonly ContainerMount[];
  /** An image by its reference. @throws EngineError notFound */
  readonly imageOf: (ref: string) => ImageOrigin;
}

export interface MountDefaults {
  /** That binds for reading leave what is mounted below them as it is. */
  readonly sparesBelow?: boolean;
}

/**
 * What a container shall see of the host: from other containers (`--volumes-from`), `-v`, `--mount`, and the
 * image's volumes for paths that nothing else takes. Volumes without a name come without a source: they are
 * made later.
 * @throws EngineError invalid, for a mount that makes no sense or two at one path
 */
export function planMounts(
  config: ContainerConfig,
  hostConfig: HostConfig,
  sources: MountSources & MountDefaults,
): ContainerMount[] {
  const { VolumeDriver: driver } = hostConfig;
  const asked = [
    ...(hostConfig.Binds ?? []).map((bind) => withDriver(mountFromBind(bind), driver)),
    ...(hostConfig.Mounts ?? []).map((mount) => withImage(mountFromSpec(mount), sources)),
  ].map((mount) =>
    sources.sparesBelow && mount.type === 'bind' ? { ...mount, writableBelow: true } : mount,
  );
  const tmpfs = Object.keys(hostConfig.Tmpfs ?? {}).map(parseTmpfsPath);
  for (const options of Object.values(hostConfig.Tmpfs ?? {})) refuseBadTmpfs(options);
  refuseDuplicates([...asked.map((mount) => mount.destination), ...tmpfs]);

  const byPath = new Map<string, ContainerMount>();
  for (const mount of inherited(hostConfig.VolumesFrom ?? [], sources)) byPath.set(mount.destination, mount);
  for (const mount of asked) byPath.set(mount.destination, mount);
  for (const path of Object.keys(config.Volumes ?? {})) {
    const destination = posix.resolve('/', path);
    if (destination === '/') throw new EngineError('invalid', `invalid volume specification: '${path}'`);
    if (!byPath.has(destination) && !tmpfs.includes(destination))
      byPath.set(destination, withDriver(anonymous(destination), driver));
  }
  return [...byPath.values()].sort(outerFirst);
}

/** `--volume-driver` is for volumes that are not given by `--mount`. */
function withDriver(mount: ContainerMount, driver: string): ContainerMount {
  return mount.type === 'volume' ? { ...mount, driver } : mount;
}

function withImage(mount: ContainerMount, { imageOf }: MountSources): ContainerMount {
  return mount.type === 'image' ? { ...mount, image: imageOf(mount.name) } : mount;
}

function parseTmpfsPath(path: string): string {
  if (!path.startsWith('/')) {
    throw new EngineError('invalid', `invalid mount path: '${path}' mount path must be absolute`);
  }
  const destination = posix.resolve(path);
  if (destination !== '/') return destination;
  throw new EngineError('invalid', "invalid specification: destination can't be '/'");
}

/** @throws EngineError invalid, when a path comes twice */
export function refuseDuplicates(paths: readonly string[]): void {
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new EngineError('invalid', messages.duplicateMount(twice));
}

/** How mounts are shared and filled was decided where they come from. */
const inheritable = ['ro', 'rw', 'z', 'Z', 'consistent', 'cached', 'delegated'];

function inherited(specs: readonly string[], { mountsOf }: MountSources): ContainerMount[] {
  return specs.flatMap((spec) => {
    const [ref = '', ...modes] = spec.split(':');
    const mode = modes.join(':');
    if (ref === '') throw new EngineError('invalid', 'volumes-from specification cannot be an empty string');
    const words = parseMode(mode);
    const isKnown = words.every((word) => inheritable.includes(word));
    if (!isKnown) throw new EngineError('invalid', `invalid mode: ${mode}`);
    return mountsOf(ref).map((mount) => ({
      ...mount,
      writable: mount.writable && !words.includes('ro'),
      mode: '',
      copyUp: false,
    }));
  });
}

function anonymous(destination: string): ContainerMount {
  return { ...noMount, type: 'volume', destination, copyUp: true };
}

/** Outer paths are mounted before the paths within them. */
export function outerFirst(a: ContainerMount, b: ContainerMount): number {
  return depth(a) - depth(b);
}

function depth(mount: ContainerMount): number {
  return mount.destination.split('/').length;
}
