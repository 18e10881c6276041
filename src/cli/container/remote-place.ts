import type { ApiRequest } from '#client';
import { volumePath } from '../volume/path.ts';
import { containerPath } from './path.ts';

/** A path in a container or in a volume. */
export interface RemotePlace {
  /** How the user named the container or volume. */
  readonly owner: string;
  /** Where the daemon gives and takes archives of the owner's paths. */
  readonly archive: ApiRequest['path'];
  readonly path: string;
}

/** What a volume's name is written after: no container has a slash in its name. */
const volumePrefix = 'volume/';

/**
 * `CONTAINER:PATH` or `volume/NAME:PATH`; undefined for a local path: one that is absolute, begins with a dot, or has
 * no colon.
 */
export function parseRemotePlace(text: string): RemotePlace | undefined {
  const colon = text.indexOf(':');
  if (text.startsWith('/') || text.startsWith('.') || colon < 0) return undefined;
  const owner = text.slice(0, colon);
  const path = text.slice(colon + 1);
  const archive = owner.startsWith(volumePrefix)
    ? volumePath(owner.slice(volumePrefix.length), 'archive')
    : containerPath(owner, 'archive');
  return { owner, archive, path };
}
