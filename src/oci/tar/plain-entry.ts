import type { TarEntry } from './types.ts';

/** The names of an archive are byte strings; ours are texts. */
export function toByteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}

export function fromByteString(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}

/** A member with nothing set but its name. */
export function plainEntry(name: string): TarEntry {
  return {
    type: 'file',
    name: toByteString(name),
    linkName: '',
    mode: 0,
    uid: 0,
    gid: 0,
    mtimeSeconds: 0,
    mtimeNanos: 0,
    major: 0,
    minor: 0,
    xattrs: [],
    sizeBytes: 0,
    position: 0,
    storedBytes: 0,
    extents: undefined,
  };
}
