import { posix } from 'node:path';
import { messages } from '#api';
import { EngineError } from '#base';
import type { ContainerMount } from '../types.ts';
import { tryParseIdMap } from './id-map.ts';
import { noMount } from './no-mount.ts';

/** Whether mounts made later on one side of a bind are seen on the other. */
export const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const flags = ['ro', 'rw', 'z', 'Z', 'nocopy', 'copy', 'consistent', 'cached', 'delegated'];

/** Of each of these a mode holds one at most. */
const rivals = [
  ['ro', 'rw'],
  ['z', 'Z'],
  ['nocopy', 'copy'],
  ['consistent', 'cached', 'delegated'],
  propagations,
];

/**
 * Reads one `-v` value: `source:destination[:mode]`, or the destination of a volume without a name. The source is a
 * host path or a volume's name.
 * @throws EngineError invalid, in Docker's words
 */
export function mountFromBind(bind: string): ContainerMount {
  const [source = '', target, mode = '', ...rest] = bind.split(':');
  const bad = () => new EngineError('invalid', messages.invalidVolume(bind));
  if (source === '' || target === '' || rest.length > 0) throw bad();
  if (target === undefined) {
    return {
      ...noMount,
      type: 'volume',
      destination: parseDestination(source, bind, 'volume'),
      copyUp: true,
    };
  }
  const words = parseMode(mode);
  const mount = {
    ...noMount,
    destination: parseDestination(target, bind),
    mode,
    writable: !words.includes('ro'),
  };
  if (source.startsWith('/')) {
    if (words.includes('nocopy') || words.includes('copy')) throw foreignField(bind, 'bind', 'VolumeOptions');
    return bindOf(mount, source, words);
  }
  if (words.some(isOfBinds)) {
    throw foreignField(bind, 'volume', 'BindOptions');
  }
  return {
    ...mount,
    type: 'volume',
    name: source,
    copyUp: !words.includes('nocopy'),
  };
}

/** A volume's files have the owners that containers gave them, and nobody else mounts anything there. */
function isOfBinds(word: string): boolean {
  return propagations.includes(word) || tryParseIdMap(word) !== undefined;
}

/** The words of a mode, which go with each other. @throws EngineError invalid, in Docker's words */
export function parseMode(mode: string): string[] {
  const words = mode === '' ? [] : mode.split(',');
  const known = words.every((word) => flags.includes(word) || isOfBinds(word));
  const maps = words.filter((word) => tryParseIdMap(word) !== undefined);
  const clashes = [...rivals, maps].some((group) => words.filter((word) => group.includes(word)).length > 1);
  if (known && !clashes) return words;
  throw new EngineError('invalid', `invalid mode: ${mode}`);
}

function foreignField(bind: string, type: string, field: string): EngineError {
  const message = `${messages.invalidVolume(bind)}: invalid mount config for type "${type}": field ${field} must not be specified`;
  return new EngineError('invalid', message);
}

function bindOf(mount: ContainerMount, source: string, words: readonly string[]): ContainerMount {
  const propagation = words.find((word) => propagations.includes(word)) ?? 'rprivate';
  const idMap = words.map(tryParseIdMap).find((map) => map !== undefined);
  return {
    ...mount,
    type: 'bind',
    source: posix.resolve(source),
    propagation,
    createSource: true,
    ...(idMap !== undefined && { idMap }),
  };
}

/** The path in the container, normalised. @throws EngineError invalid, when relative or the root */
function parseDestination(path: string, spec: string, type = 'bind'): string {
  if (!path.startsWith('/')) {
    throw new EngineError(
      'invalid',
      `${messages.invalidVolume(spec)}: invalid mount config for type "${type}": invalid mount path: '${path}' mount path must be absolute`,
    );
  }
  const destination = posix.resolve(path);
  if (destination === '/') {
    throw new EngineError(
      'invalid',
      `${messages.invalidVolume(spec)}: invalid mount config for type "${type}": invalid specification: destination can't be '/'`,
    );
  }
  return destination;
}
