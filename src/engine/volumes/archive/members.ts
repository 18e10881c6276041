import { plainEntry, type TarEntry, type TarMembers } from '#oci';
import { applyAttributes, isOwnXattr, openDirectory, walkTree, writeMembers } from '#tree';
import { isStageName } from './staged-content.ts';

/** What programs set of a file: attributes, also root's, capabilities and access lists; labels are the host's. */
export function keepsXattr(name: string): boolean {
  return isOwnXattr(name) || name.startsWith('trusted.') || name.startsWith('system.posix_acl_');
}

/** The top of a volume whose archive does not tell of it. */
const untold: TarEntry = { ...plainEntry('.'), type: 'directory', mode: 0o755 };

/** All that a volume holds, named from `.` on. */
export function readMembers(directory: string, signal?: AbortSignal): TarMembers {
  return walkTree(`${directory}/.`, '.', {
    signal,
    sparse: true,
    keepsXattr,
    replace: ({ name }) => (isStageName(name.replace(/^\.\//, '')) ? [] : undefined),
  });
}

/** Makes the files that the members describe in an empty directory, which gets the attributes of the member `.`. */
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
  applyAttributes(`${root.path}/.`, top ?? untold);
}

function withoutForeignXattrs(entry: TarEntry): TarEntry {
  return { ...entry, xattrs: entry.xattrs.filter(({ name }) => keepsXattr(name)) };
}
