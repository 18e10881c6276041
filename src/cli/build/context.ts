import { compileIgnore } from '#dockerfile';
import { encodeTar, plainEntry, type TarMembers } from '#oci';
import { packMembers } from '../archive/index.ts';
import type { Dockerfile } from './dockerfile.ts';

/** The files of a directory without those that its Dockerfile leaves out; the Dockerfile itself is always with them. */
export function packContext(directory: string, dockerfile: Dockerfile): AsyncIterable<Uint8Array> {
  const rules = compileIgnore(dockerfile.patterns);
  const kept = new Set([dockerfile.sentAs, '.dockerignore']);
  const skips = (path: string, isDirectory: boolean): boolean =>
    isDirectory ? rules.ignoresAllBelow(path) && !holds(path, kept) : rules.ignores(path) && !kept.has(path);
  const members = packMembers(directory, { name: '.', follow: true, skips });
  return encodeTar(dockerfile.isElsewhere ? withFile(members, dockerfile) : members);
}

/** Whether one of some files is below a directory. */
function holds(directory: string, files: ReadonlySet<string>): boolean {
  return [...files].some((file) => file.startsWith(`${directory}/`));
}

async function* withFile(members: TarMembers, { sentAs, text }: Dockerfile): TarMembers {
  const content = Buffer.from(text);
  yield* members;
  const entry = { ...plainEntry(sentAs), sizeBytes: content.length, storedBytes: content.length };
  yield { kind: 'entry', entry };
  if (content.length > 0) yield { kind: 'content', piece: content };
}
