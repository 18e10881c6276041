import { lstatSync } from 'node:fs';
import { posix } from 'node:path';
import { compileIgnore, type IgnoreRules } from '#dockerfile';
import { fromByteString, type TarMembers } from '#oci';
import { type WalkedPlace, walkChildren, walkTree } from '#tree';
import { deepSourcePaths, sourcePaths } from './source-paths.ts';

/** What of a tree is taken. */
export interface Wanted {
  /** With Go's wildcards; with `parents` also `**`, and `/./` in front of what is made anew below the destination. */
  readonly source: string;
  readonly excludes: readonly string[];
  readonly parents: boolean;
}

/** One file, or what is in one directory. */
export interface Selection {
  /** A path of this process. */
  readonly path: string;
  /** What it is called when it is copied into a directory. */
  readonly name: string;
  readonly isDirectory: boolean;
  /** Directories that are to be made around it, from the destination on; empty for none. */
  readonly around: string;
}

/** All that a source means, in order. @throws EngineError notFound */
export function select(tree: string, { source, parents }: Wanted): Selection[] {
  const paths = parents && source.includes('**') ? deepSourcePaths(tree, source) : sourcePaths(tree, source);
  const pivot = parents ? pivotOf(source) : 0;
  return paths.map(({ path, name }) => {
    const isDirectory = lstatSync(tree + path).isDirectory();
    const kept = path.split('/').filter(Boolean).slice(pivot);
    const around = parents ? (isDirectory ? kept : kept.slice(0, -1)).join('/') : '';
    return { path: tree + path, name, isDirectory, around };
  });
}

/** How many elements of a path stand before its `/./`. */
function pivotOf(source: string): number {
  const at = source.indexOf('/./');
  return at < 0 ? 0 : posix.resolve('/', source.slice(0, at)).split('/').filter(Boolean).length;
}

/** The members of a selection: a file by its own name, what is in a directory by names from there. */
export function selectedMembers(
  { path, name, isDirectory }: Selection,
  excludes: readonly string[],
  signal: AbortSignal,
): TarMembers {
  const rules = compileIgnore(excludes);
  if (isDirectory) return walkChildren(path, { signal, replace: excluded(rules) });
  return rules.ignores(name) ? nothing() : walkTree(path, name, { signal });
}

async function* nothing(): TarMembers {}

/** An excluded directory is kept as long as something in it may be: its rights are the source's. */
function excluded(rules: IgnoreRules): (place: WalkedPlace) => [] | undefined {
  return ({ name, stats }) => {
    const path = fromByteString(name);
    return (stats.isDirectory() ? rules.ignoresAllBelow(path) : rules.ignores(path)) ? [] : undefined;
  };
}
