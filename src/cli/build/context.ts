import { existsSync, readFileSync, statSync } from 'node:fs';
import { posix, relative, resolve } from 'node:path';
import { compileIgnore, readIgnoreFile } from '#dockerfile';
import { encodeTar, plainEntry, type TarMembers } from '#oci';
import { packMembers } from '../archive/index.ts';
import { fileFailure, readTextFile } from '../read-text-file.ts';

/** What is sent to the daemon: the files, and which of them is the Dockerfile. */
export interface BuildContext {
  readonly tar: AsyncIterable<Uint8Array>;
  readonly dockerfile: string;
}

/** A Dockerfile that is not of the context has this name in it. */
const sentName = '.dockerfile.sent';

/**
 * The files of a directory without those that its .dockerignore leaves out; the Dockerfile is always with them.
 * @param file path of the Dockerfile; empty for the usual one
 * @param stdin reads the Dockerfile when FILE is `-`
 * @throws Error, for a directory or Dockerfile that can't be read
 */
export async function packContext(
  directory: string,
  file: string,
  stdin: () => Promise<string>,
): Promise<BuildContext> {
  checkDirectory(directory);
  const path = file === '' ? resolve(directory, 'Dockerfile') : resolve(file);
  const inside = relative(directory, path);
  const isSent = file === '-' || inside.startsWith('..');
  const name = isSent ? sentName : inside;
  const text = file === '-' ? await stdin() : readTextFile(path);
  const rules = compileIgnore(ignoredBy(directory, file === '-' ? undefined : path));
  const kept = new Set([name, '.dockerignore']);
  const skips = (place: string, isDirectory: boolean): boolean =>
    isDirectory
      ? rules.ignoresAllBelow(place) && !holds(place, kept)
      : rules.ignores(place) && !kept.has(place);
  const members = packMembers(directory, { name: '.', follow: true, skips });
  return { tar: encodeTar(isSent ? withFile(members, name, text) : members), dockerfile: name };
}

/** The patterns of the Dockerfile's own ignore file, else of the context's. */
function ignoredBy(directory: string, dockerfile: string | undefined): string[] {
  const candidates = [
    ...(dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]),
    `${directory}/.dockerignore`,
  ];
  const found = candidates.find((path) => existsSync(path));
  return found === undefined ? [] : readIgnoreFile(readFileSync(found, 'utf8'));
}

/** Whether one of some files is below a directory. */
function holds(directory: string, files: ReadonlySet<string>): boolean {
  return [...files].some((file) => file.startsWith(`${directory}/`));
}

function checkDirectory(directory: string): void {
  try {
    if (statSync(directory).isDirectory()) return;
  } catch (error) {
    throw new Error(`unable to prepare context: ${fileFailure(directory, error)}`);
  }
  throw new Error(`unable to prepare context: context must be a directory: ${posix.resolve(directory)}`);
}

async function* withFile(members: TarMembers, name: string, text: string): TarMembers {
  const content = Buffer.from(text);
  yield* members;
  yield {
    kind: 'entry',
    entry: { ...plainEntry(name), sizeBytes: content.length, storedBytes: content.length },
  };
  if (content.length > 0) yield { kind: 'content', piece: content };
}
