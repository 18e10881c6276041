import { posix } from 'node:path';
import type { Mount } from '#api';
import { EngineError } from '#base';
import type { ContainerMount } from '../types.ts';
import { propagations } from './mount-from-bind.ts';
import { noMount } from './no-mount.ts';
import { type Refuse, tmpfsOptions } from './tmpfs-options.ts';

/** Reads one `--mount` value. @throws EngineError invalid, in Docker's words */
export function mountFromSpec(spec: Mount): ContainerMount {
  const bad = (reason: string) =>
    new EngineError('invalid', `invalid mount config for type "${spec.Type}": ${reason}`);
  refuseOptionsOfOthers(spec);
  if (spec.Target === '') throw bad('field Target must not be empty');
  const destination = absolute(spec.Target, bad);
  if (destination === '/') throw bad("invalid specification: destination can't be '/'");
  const mount = { ...noMount, destination, writable: spec.ReadOnly !== true };
  switch (spec.Type) {
    case 'bind':
      return bindFromSpec(mount, spec, bad);
    case 'volume':
      return volumeFromSpec(mount, spec, bad);
    case 'tmpfs':
      refuseFields(spec, ['ImageOptions'], bad);
      if (spec.Source) throw bad('field Source must not be specified');
      return { ...mount, type: 'tmpfs', options: tmpfsOptions(spec.TmpfsOptions, bad) };
    case 'image':
      return imageFromSpec(mount, spec, bad);
    default:
      throw bad('mount type unknown');
  }
}

const optionsOfType = { BindOptions: 'bind', VolumeOptions: 'volume', TmpfsOptions: 'tmpfs' } as const;

function refuseOptionsOfOthers(spec: Mount): void {
  for (const field of ['BindOptions', 'VolumeOptions', 'TmpfsOptions'] as const) {
    if (spec[field] === undefined || optionsOfType[field] === spec.Type) continue;
    throw new EngineError('invalid', `${field} must not be specified on mount type "${spec.Type}"`);
  }
}

function refuseFields(spec: Mount, fields: readonly (keyof Mount)[], bad: Refuse): void {
  const field = fields.find((name) => spec[name] !== undefined);
  if (field !== undefined) throw bad(`field ${field} must not be specified`);
}

function absolute(path: string, bad: Refuse): string {
  if (path.startsWith('/')) return posix.resolve(path);
  throw bad(`invalid mount path: '${path}' mount path must be absolute`);
}

function bindFromSpec(mount: ContainerMount, spec: Mount, bad: Refuse): ContainerMount {
  refuseFields(spec, ['ImageOptions'], bad);
  if (!spec.Source) throw bad('field Source must not be empty');
  const { Propagation, NonRecursive, CreateMountpoint, ReadOnlyNonRecursive } = spec.BindOptions ?? {};
  const propagation = Propagation || 'rprivate';
  if (!propagations.includes(propagation)) throw bad(`invalid propagation mode: ${propagation}`);
  refuseConflicts(spec);
  return {
    ...mount,
    type: 'bind',
    source: absolute(spec.Source, bad),
    propagation,
    recursive: NonRecursive !== true,
    writableBelow: ReadOnlyNonRecursive === true,
    createSource: CreateMountpoint === true,
  };
}

function refuseConflicts({ ReadOnly, BindOptions = {} }: Mount): void {
  const { ReadOnlyNonRecursive, ReadOnlyForceRecursive } = BindOptions;
  const conflicts = [
    [!ReadOnly && ReadOnlyNonRecursive, '!ReadOnly && BindOptions.ReadOnlyNonRecursive'],
    [!ReadOnly && ReadOnlyForceRecursive, '!ReadOnly && BindOptions.ReadOnlyForceRecursive'],
    [
      ReadOnlyNonRecursive && ReadOnlyForceRecursive,
      'ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive',
    ],
  ] as const;
  const [, found] = conflicts.find(([isThere]) => isThere) ?? [];
  if (found !== undefined) throw new EngineError('invalid', `mount options conflict: ${found}`);
}

function volumeFromSpec(mount: ContainerMount, spec: Mount, bad: Refuse): ContainerMount {
  refuseFields(spec, ['ImageOptions'], bad);
  const subpath = spec.VolumeOptions?.Subpath ?? '';
  if (!spec.Source && subpath !== '') throw bad('must not set Subpath when using anonymous volumes');
  if (!spec.Source && spec.ReadOnly) throw bad('must not set ReadOnly mode when using anonymous volumes');
  return {
    ...mount,
    type: 'volume',
    name: spec.Source ?? '',
    driver: spec.VolumeOptions?.DriverConfig?.Name ?? '',
    copyUp: spec.VolumeOptions?.NoCopy !== true && subpath === '',
    subpath: local(subpath, bad),
  };
}

function imageFromSpec(mount: ContainerMount, spec: Mount, bad: Refuse): ContainerMount {
  if (!spec.Source) throw bad('field Source must not be empty');
  return {
    ...mount,
    type: 'image',
    name: spec.Source,
    writable: false,
    propagation: 'rprivate',
    subpath: local(spec.ImageOptions?.Subpath ?? '', bad),
  };
}

/** A path that does not lead out by itself; what links make of it is seen when it is opened. */
function local(subpath: string, bad: Refuse): string {
  const depths = subpath.split('/').map((name) => (name === '..' ? -1 : Number(name !== '' && name !== '.')));
  let depth = 0;
  const climbs = depths.some((step) => {
    depth += step;
    return depth < 0;
  });
  if (!climbs && !subpath.startsWith('/')) return subpath;
  throw bad('subpath must be a relative path within the volume');
}
