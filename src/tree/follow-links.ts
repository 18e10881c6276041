import { posix } from 'node:path';

/** As many links as the kernel follows. */
const mostLinks = 40;

/**
 * Where a path leads, seen from a container's root, when the links on its way are followed; a missing element ends
 * the search. Of a path with too many links the path itself, which the kernel will refuse.
 * @param readLink what a link says, undefined for everything else
 * @param followsLast whether a link at the end is followed too
 */
export function followLinks(
  path: string,
  readLink: (path: string) => string | undefined,
  followsLast: boolean,
): string {
  const rest = elementsOf(posix.resolve('/', path));
  let at = '/';
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const next = posix.join(at, name);
    const target = rest.length > 0 || followsLast ? readLink(next) : undefined;
    if (target === undefined) {
      at = next;
      continue;
    }
    links += 1;
    if (links > mostLinks) return path;
    if (target.startsWith('/')) at = '/';
    rest.unshift(...elementsOf(target));
  }
  return at;
}

function elementsOf(path: string): string[] {
  return path.split('/').filter((element) => element !== '' && element !== '.');
}
