import { posix } from 'node:path';
import type { Mount } from '#api';
import { EngineError } from '#base';
import type { ContainerMount } from '../types.ts';
import { propagations } from './mount-from-bind.ts';
import { noMount } from './no-mount.ts';

/** Reads one `--mount` value. @throws EngineError invalid, in Docker's words */
export function mountFromSpec(spec: Mount): ContainerMount {
  const bad = (reason: string) =>
    new EngineError('invalid', `invalid mount config for type "${spec.Type}": ${reason}`);
  if (spec.Target === '') throw bad('field Target must not be empty');
  if (!spec.Target.startsWith('/')) {
    throw bad(`invalid mount path: '${spec.Target}' mount path must be absolute`);
  }
  const destination = posix.resolve(spec.Target);
  if (destination === '/') throw bad("invalid specification: destination can't be '/'");
  refuseForeignOptions(spec);
  const mount = { ...noMount, destination, writable: spec.ReadOnly !== true };
  switch (spec.Type) {
    case 'bind':
      return bindFromSpec(mount, spec, bad);
    case 'volume':
      return volumeFromSpec(mount, spec, bad);
    case 'tmpfs':
      if (spec.Source) throw bad('field Source must not be specified');
      return { ...mount, type: 'tmpfs', options: tmpfsOptions(spec.TmpfsOptions, bad) };
    default:
      throw bad('mount type unknown');
  }
}

type Refuse = (reason: string) => EngineError;

const optionsOfType = { BindOptions: 'bind', VolumeOptions: 'volume', TmpfsOptions: 'tmpfs' } as const;

function refuseForeignOptions(spec: Mount): void {
  for (const field of ['BindOptions', 'VolumeOptions', 'TmpfsOptions'] as const) {
    if (spec[field] === undefined || optionsOfType[field] === spec.Type) continue;
    throw new EngineError('invalid', `${field} must not be specified on mount type "${spec.Type}"`);
  }
}

function bindFromSpec(mount: ContainerMount, spec: Mount, bad: Refuse): ContainerMount {
  if (!spec.Source) throw bad('field Source must not be empty');
  if (!spec.Source.startsWith('/')) {
    throw bad(`invalid mount path: '${spec.Source}' mount path must be absolute`);
  }
  const propagation = spec.BindOptions?.Propagation || 'rprivate';
  if (!propagations.includes(propagation)) throw bad(`invalid propagation mode: ${propagation}`);
  return {
    ...mount,
    type: 'bind',
    source: posix.resolve(spec.Source),
    propagation,
    recursive: spec.BindOptions?.NonRecursive !== true,
    createSource: spec.BindOptions?.CreateMountpoint === true,
  };
}

function volumeFromSpec(mount: ContainerMount, spec: Mount, bad: Refuse): ContainerMount {
  if (!spec.Source && spec.VolumeOptions?.Subpath) {
    throw bad('must not set Subpath when using anonymous volumes');
  }
  if (!spec.Source && spec.ReadOnly) throw bad('must not set ReadOnly mode when using anonymous volumes');
  return {
    ...mount,
    type: 'volume',
    name: spec.Source ?? '',
    mode: 'z',
    copyUp: spec.VolumeOptions?.NoCopy !== true && !spec.VolumeOptions?.Subpath,
    subpath: spec.VolumeOptions?.Subpath ?? '',
  };
}

function tmpfsOptions(options: Mount['TmpfsOptions'], bad: Refuse): string[] {
  const words: string[] = [];
  if (options?.SizeBytes) words.push(`size=${options.SizeBytes}`);
  if (options?.Mode) words.push(`mode=${options.Mode.toString(8)}`);
  for (const option of options?.Options ?? []) {
    const [name = '', ...value] = option ?? [];
    if (!['exec', 'noexec'].includes(name) || value.length > 0) throw bad(`invalid option: ${name}`);
    words.push(name);
  }
  return words;
}
