/** One end of a copy: a path as the user wrote it and what is there. */
export interface CopyEnd {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
  /** What a source is called in a directory, where that is not the path's last part: the link that led to it. */
  readonly name?: string;
}

/** Where an archive is unpacked, and how the first part of its names changes. */
export interface Placement {
  readonly directory: string;
  readonly oldBase: string;
  readonly newBase: string;
}

/**
 * Where a source goes at a destination: into a directory that exists under its own name, else under the
 * destination's name. @throws Error with the stock client's words for what cannot be
 */
export function placeCopy(source: CopyEnd, destination: CopyEnd): Placement {
  const oldBase = baseName(source.path);
  if (destination.isDirectory)
    return { directory: destination.path, oldBase, newBase: source.name ?? oldBase };
  if (destination.exists && source.isDirectory) throw new Error('cannot copy directory');
  if (!destination.exists && !source.isDirectory && wantsDirectory(destination.path))
    throw new Error('no such directory');
  return { directory: parentOf(destination.path), oldBase, newBase: baseName(destination.path) };
}

/** `dir/` and `dir/.` can only be directories. */
export function wantsDirectory(path: string): boolean {
  return path.endsWith('/') || path.endsWith('/.') || path === '.';
}

/** The last part of a path; a lone dot at its end counts as a part, and is that of the root. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1) || '.';
}

export function parentOf(path: string): string {
  const trimmed = path.replace(/(\/+\.?)+$/, '');
  return trimmed.slice(0, Math.max(1, trimmed.lastIndexOf('/'))) || '/';
}

/** A path from the root without dots, but with a trailing slash or `/.` kept: it says what is meant. */
export function destinationOf(path: string, from: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${from}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const plain = `/${parts.join('/')}`;
  if (plain === '/') return plain;
  if (path === '.' || path.endsWith('/.')) return `${plain}/.`;
  return path.endsWith('/') ? `${plain}/` : plain;
}
