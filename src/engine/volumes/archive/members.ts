import type { TarEntry, TarMembers } from '#oci';
import {
  applyAttributes,
  copyMembers,
  describeDirectory,
  openDirectory,
  type WalkOptions,
  walkTree,
  writeMembers,
} from '#tree';
import { keepsXattr } from './kept-xattrs.ts';
import { originOf, sameInEarlier } from './origin.ts';
import { isStageName } from './staged-content.ts';

/** All that a volume holds, named from `.` on. */
export function readMembers(directory: string, signal?: AbortSignal): TarMembers {
  return walkTree(`${directory}/.`, '.', walkOptions(signal));
}

function walkOptions(signal: AbortSignal | undefined): WalkOptions {
  return {
    signal,
    sparse: true,
    keepsXattr,
    replace: ({ name }) => (isStageName(name.replace(/^\.\//, '')) ? [] : undefined),
  };
}

export interface CopyOptions {
  readonly signal?: AbortSignal;
  /** Where an earlier copy is: of files that are the same the new one is one more name. */
  readonly earlier?: string;
  /** Files that were changed before this time tell by an attribute what they are copies of. */
  readonly marksBeforeNs?: bigint;
}

/** Copies all that a volume holds into an empty directory, which becomes the same. */
export async function copyContent(from: string, into: string, options: CopyOptions): Promise<void> {
  const { signal, earlier, marksBeforeNs = 0n } = options;
  using root = openDirectory(into);
  await copyMembers(
    from,
    { root, path: '/' },
    {
      walk: { ...walkOptions(signal), addXattrs: (stats) => originOf(stats, marksBeforeNs) },
      write: earlier === undefined ? {} : { twinOf: (entry) => sameInEarlier(earlier, entry) },
    },
  );
  applyAttributes(`${root.path}/.`, describeDirectory(from, { keepsXattr }));
}

/** Makes the files that the members describe in an empty directory, which gets the attributes of a member `.`. */
export async function fillDirectory(directory: string, members: TarMembers): Promise<void> {
  using root = openDirectory(directory);
  let top: TarEntry | undefined;
  const kept = async function* (): TarMembers {
    for await (const item of members) {
      const entry = item.kind === 'entry' ? withoutForeignXattrs(item.entry) : undefined;
      if (entry?.type === 'directory' && /^\.?\/*$/.test(entry.name)) top = entry;
      yield entry === undefined ? item : { kind: 'entry', entry };
    }
  };
  await writeMembers(kept(), { root, path: '/' }, {});
  if (top !== undefined) applyAttributes(`${root.path}/.`, top);
}

function withoutForeignXattrs(entry: TarEntry): TarEntry {
  return { ...entry, xattrs: entry.xattrs.filter(({ name }) => keepsXattr(name)) };
}
