import { lstatSync, statSync } from 'node:fs';
import { type CopyEnd, destinationOf, packTree, placeCopy } from '../archive/index.ts';
import { parentOf, wantsDirectory } from '../archive/placement.ts';
import { decimalSize } from '../format/size.ts';
import type { Session } from '../session.ts';
import { readStdin } from '../stream/stdin.ts';
import type { CopyRules } from './copy-rules.ts';
import { isDirectory, isSymlink, statPath } from './path-stat.ts';
import type { RemotePlace } from './remote-place.ts';

/** Copies into a container or volume; `-` as the source is a tar archive on standard input. */
export async function copyToContainer(
  session: Session,
  source: string,
  to: RemotePlace,
  rules: CopyRules,
): Promise<void> {
  const target = await remoteEnd(session, to);
  if (source === '-') {
    if (!target.isDirectory) throw new Error(`destination "${to.owner}:${to.path}" must be a directory`);
    await upload(session, { ...to, path: target.path }, readStdin(), rules);
    return;
  }
  const origin = localSource(destinationOf(source, session.caller.directory), rules.follow);
  const { directory, newBase } = placeCopy(origin, target);
  const counter = { bytes: 0 };
  const archive = counted(packTree(origin.path, { name: newBase, follow: rules.follow }), counter);
  await upload(session, { ...to, path: directory }, archive, rules);
  if (!rules.quiet && session.caller.isTerminal(2)) {
    session.caller.writeError(
      `Successfully copied ${decimalSize(counter.bytes, 3)} to ${to.owner}:${to.path}\n`,
    );
  }
}

/** Unpacks an archive in a directory. */
export async function upload(
  { client }: Session,
  { archive, path }: RemotePlace,
  body: AsyncIterable<Uint8Array>,
  rules: CopyRules,
): Promise<void> {
  const query = { path, noOverwriteDirNonDir: 'true', copyUIDGID: rules.keepOwners ? 'true' : undefined };
  await client.call({ method: 'PUT', path: archive, query, body });
}

/** What the destination is, a symbolic link followed; nothing there is an end too. */
export async function remoteEnd({ client }: Session, to: RemotePlace): Promise<CopyEnd> {
  const path = destinationOf(to.path, '/');
  const stat = await statPath(client, to, path).catch(() => undefined);
  if (stat === undefined) return { path, exists: false, isDirectory: false };
  if (!isSymlink(stat)) return { path, exists: true, isDirectory: isDirectory(stat) };
  const linked = destinationOf(stat.linkTarget, parentOf(path));
  const behind = await statPath(client, to, linked).catch(() => undefined);
  return {
    path: linked,
    exists: behind !== undefined,
    isDirectory: behind !== undefined && isDirectory(behind),
  };
}

/** @throws Error with Go's words when there is nothing */
function localSource(absolute: string, follow: boolean): CopyEnd {
  const plain = absolute.replace(/(\/+\.?)+$/, '') || '/';
  const stats = lstatSync(plain, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(missingText(plain));
  const follows = follow || wantsDirectory(absolute);
  const isDirectory = follows ? statSync(plain).isDirectory() : stats.isDirectory();
  if (wantsDirectory(absolute) && !isDirectory) throw new Error('not a directory');
  return { path: absolute, exists: true, isDirectory };
}

/** Go names the first part of the path that is missing. */
function missingText(path: string): string {
  const parent = parentOf(path);
  const missing =
    parent === '/' || lstatSync(parent, { throwIfNoEntry: false }) !== undefined ? path : parent;
  return `lstat ${missing}: no such file or directory`;
}

/** Counts what passes. */
export async function* counted(
  source: AsyncIterable<Uint8Array>,
  counter: { bytes: number },
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of source) {
    counter.bytes += chunk.length;
    yield chunk;
  }
}
