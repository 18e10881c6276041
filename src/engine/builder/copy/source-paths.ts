import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import { EngineError, unlessErrno } from '#base';
import { compilePattern } from '#dockerfile';
import { followLinks } from '#tree';

const absent = ['ENOENT', 'ENOTDIR', 'EINVAL'];

/** Something in a tree. */
export interface SourcePath {
  /** From the tree's root with a leading slash; no link is at its end or on the way. */
  readonly path: string;
  /** What it is called: a link that led to it keeps its own name. */
  readonly name: string;
}

/**
 * What a source means in a tree; links at the end are followed, and none leads out. A pattern that nothing matches
 * means nothing.
 * @throws EngineError notFound, when a path that is no pattern is not there
 */
export function sourcePaths(tree: string, source: string): SourcePath[] {
  const path = posix.resolve('/', source);
  if (!/[*?[\\]/.test(path)) return [{ path: sourcePath(tree, path), name: posix.basename(path) }];
  const elements = path.split('/').filter((element) => element !== '');
  return elements.reduce<SourcePath[]>(
    (places, element) => places.flatMap((at) => step(tree, at.path, element)),
    [{ path: '/', name: '' }],
  );
}

/** Where one path of a tree leads, whatever characters are in it. @throws EngineError notFound */
export function sourcePath(tree: string, path: string): string {
  const found = resolveIn(tree, posix.resolve('/', path));
  if (statIn(tree, found) !== undefined) return found;
  throw new EngineError('notFound', `${JSON.stringify(posix.resolve('/', path))}: not found`);
}

/** A path as a source that means it alone, whatever characters are in it. */
export function literally(path: string): string {
  return path.replace(/[*?[\\]/g, '\\$&');
}

/** All that matches a pattern with `**`, outermost first; of a directory that matches, not what is in it. */
export function deepSourcePaths(tree: string, pattern: string): SourcePath[] {
  const matches = compilePattern(posix.resolve('/', pattern).slice(1));
  const below = (at: string): SourcePath[] =>
    namesIn(tree, at).flatMap((name) => {
      const path = posix.join(at, name);
      if (matches.test(path.slice(1))) return [{ path, name }];
      return statIn(tree, path)?.isDirectory() ? below(path) : [];
    });
  return below('/');
}

/** One element of a pattern further, from a directory that earlier elements have led to. */
function step(tree: string, at: string, element: string): SourcePath[] {
  const directory = resolveIn(tree, at);
  const matches = compilePattern(element);
  return namesIn(tree, directory)
    .filter((name) => matches.test(name))
    .map((name) => ({ path: resolveIn(tree, posix.join(directory, name)), name }));
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
