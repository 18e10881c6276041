import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { getXattr, listXattrs } from '#linux';

/** Everything about every file below a folder, by path. */
export function describeTree(root: Buffer): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const links = new Map<bigint, string>();
  const visit = (path: Buffer, name: string) => {
    const stat = lstatSync(path, { bigint: true });
    const first = links.get(stat.ino) ?? name;
    links.set(stat.ino, first);
    found.set(name, {
      mode: stat.mode,
      owner: [stat.uid, stat.gid],
      mtime: stat.mtimeNs,
      size: stat.isDirectory() ? 0n : stat.size,
      links: stat.nlink,
      device: stat.rdev,
      sameFileAs: stat.isDirectory() ? name : first,
      xattrs: describeXattrs(path),
      content: stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined,
      target: stat.isSymbolicLink() ? readlinkSync(path, 'latin1') : undefined,
    });
    if (!stat.isDirectory()) return;
    for (const child of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
      visit(Buffer.concat([path, Buffer.from('/'), child]), `${name}/${child.toString('latin1')}`);
    }
  };
  visit(root, '.');
  return found;
}

function describeXattrs(path: Buffer): Record<string, string> {
  const text = path.toString();
  if (!Buffer.from(text).equals(path)) return {};
  const own = listXattrs(text).filter((name) => !name.startsWith('trusted.overlay.'));
  return Object.fromEntries(
    own.sort().map((name) => [name, Buffer.from(getXattr(text, name) ?? []).toString('hex')]),
  );
}
