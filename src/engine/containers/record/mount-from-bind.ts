import { posix } from 'node:path';
import { messages } from '#api';
import { EngineError } from '#base';
import type { ContainerMount } from '../types.ts';
import { noMount } from './no-mount.ts';

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const flags = ['ro', 'rw', 'z', 'Z', 'nocopy', 'copy', 'consistent', 'cached', 'delegated'];

/** Reads one `-v` value: `source:destination[:mode]`; the source is a host path or a volume's name. */
export function mountFromBind(bind: string): ContainerMount {
  const [source = '', target, mode = '', ...rest] = bind.split(':');
  const bad = () => new EngineError('invalid', messages.invalidVolume(bind));
  if (target === undefined || source === '' || rest.length > 0) throw bad();
  const words = mode === '' ? [] : mode.split(',');
  if (!words.every((word) => flags.includes(word) || propagations.includes(word))) {
    throw new EngineError('invalid', `invalid mode: ${mode}`);
  }
  const mount = {
    ...noMount,
    destination: parseDestination(target, bind),
    mode,
    writable: !words.includes('ro'),
  };
  if (source.startsWith('/')) return bindOf(mount, source, words);
  if (words.some((word) => propagations.includes(word))) throw bad();
  return {
    ...mount,
    type: 'volume',
    name: parseVolumeName(source),
    mode: mode === '' ? 'z' : mode,
    copyUp: !words.includes('nocopy'),
  };
}

function bindOf(mount: ContainerMount, source: string, words: readonly string[]): ContainerMount {
  if (words.includes('nocopy') || words.includes('copy')) {
    throw new EngineError('invalid', `invalid mode: ${mount.mode}`);
  }
  const propagation = words.find((word) => propagations.includes(word)) ?? 'rprivate';
  return { ...mount, type: 'bind', source: posix.resolve(source), propagation, createSource: true };
}

/** The path in the container, normalised. @throws EngineError invalid, when relative or the root */
export function parseDestination(path: string, spec: string): string {
  if (!path.startsWith('/')) {
    throw new EngineError(
      'invalid',
      `${messages.invalidVolume(spec)}: invalid mount config for type "bind": invalid mount path: '${path}' mount path must be absolute`,
    );
  }
  const destination = posix.resolve(path);
  if (destination === '/') {
    throw new EngineError(
      'invalid',
      `${messages.invalidVolume(spec)}: invalid mount config for type "bind": invalid specification: destination can't be '/'`,
    );
  }
  return destination;
}

const volumeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

function parseVolumeName(name: string): string {
  if (volumeName.test(name)) return name;
  throw new EngineError(
    'invalid',
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
  );
}
