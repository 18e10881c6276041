import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import { EngineError, unlessErrno } from '#base';
import { compilePattern } from '#dockerfile';
import { followLinks } from '#tree';

const absent = ['ENOENT', 'ENOTDIR', 'EINVAL'];

/**
 * The paths in a tree that a source means, from its root with a leading slash; links at their end are followed, and
 * none leads out. A pattern that nothing matches means nothing.
 * @throws EngineError notFound, when a path that is no pattern is not there
 */
export function sourcePaths(tree: string, source: string): string[] {
  const path = posix.resolve('/', source);
  if (!/[*?[\\]/.test(path)) {
    const found = resolveIn(tree, path);
    if (statIn(tree, found) === undefined)
      throw new EngineError('notFound', `${JSON.stringify(path)}: not found`);
    return [found];
  }
  const elements = path.split('/').filter((element) => element !== '');
  return elements.reduce<string[]>(
    (places, element) => places.flatMap((at) => step(tree, at, element)),
    ['/'],
  );
}

/** A path as a source that means it alone, whatever characters are in it. */
export function literally(path: string): string {
  return path.replace(/[*?[\\]/g, '\\$&');
}

/** All paths that match a pattern with `**`, outermost first; of a directory that matches, not what is in it. */
export function deepSourcePaths(tree: string, pattern: string): string[] {
  const matches = compilePattern(posix.resolve('/', pattern).slice(1));
  const below = (at: string): string[] =>
    namesIn(tree, at).flatMap((name) => {
      const path = posix.join(at, name);
      if (matches.test(path.slice(1))) return [path];
      return statIn(tree, path)?.isDirectory() ? below(path) : [];
    });
  return below('/');
}

/** One element of a pattern further, from a directory that earlier elements have led to. */
function step(tree: string, at: string, element: string): string[] {
  const directory = resolveIn(tree, at);
  const matches = compilePattern(element);
  return namesIn(tree, directory)
    .filter((name) => matches.test(name))
    .map((name) => resolveIn(tree, posix.join(directory, name)));
}

function namesIn(tree: string, directory: string): string[] {
  return (unlessErrno(absent, () => readdirSync(tree + directory)) ?? []).sort();
}

/** Where a path leads in a tree, its last element followed too. */
export function resolveIn(tree: string, path: string): string {
  return followLinks(path, (at) => unlessErrno(absent, () => readlinkSync(tree + at)), true);
}

function statIn(tree: string, path: string): ReturnType<typeof lstatSync> | undefined {
  return unlessErrno(absent, () => lstatSync(tree + path));
}
