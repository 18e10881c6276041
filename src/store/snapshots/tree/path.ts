import { EngineError } from '#base';

const maxNameBytes = 255;

/**
 * The names on the way to an entry, from the layer's root: a leading slash, empty parts and dots are dropped, and
 * `..` takes a name back.
 * @throws EngineError invalid, when the path leads out of the root or has a name that no file can have
 */
export function splitPath(path: string): string[] {
  const names: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') names.push(checkName(part, path));
    else if (names.pop() === undefined) throw outside(path);
  }
  return names;
}

export function outside(path: string): EngineError {
  return refused(path, 'is outside of the layer');
}

/** The failure of an entry, by its path as the archive has it. */
export function refused(path: string, reason: string): EngineError {
  const readable = Buffer.from(path, 'latin1').toString();
  return new EngineError('invalid', `invalid tar entry ${JSON.stringify(readable)}: ${reason}`);
}

function checkName(name: string, path: string): string {
  if (name.length > maxNameBytes) throw refused(path, 'file name too long');
  if (name.includes('\0')) throw refused(path, 'NUL byte in file name');
  return name;
}
