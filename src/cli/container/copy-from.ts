import { statSync } from 'node:fs';
import type { PathStat } from '#api';
import type { ApiClient } from '#client';
import { type CopyEnd, destinationOf, placeCopy, unpackTo } from '../archive/index.ts';
import { baseName, parentOf } from '../archive/placement.ts';
import { decimalSize } from '../format/size.ts';
import type { Session } from '../session.ts';
import type { CopyRules } from './copy-rules.ts';
import { isDirectory, isSymlink, readPathStat, statPath } from './path-stat.ts';
import type { RemotePlace } from './remote-place.ts';

/** Copies out of a container or volume; `-` as the destination is standard output. */
export async function copyFromContainer(
  { caller, client }: Session,
  from: RemotePlace,
  destination: string,
  rules: CopyRules,
): Promise<void> {
  const target = destination === '-' ? undefined : localEnd(destinationOf(destination, caller.directory));
  const path = rules.follow ? await followSource(client, from) : from.path;
  const request = { method: 'GET', path: from.archive, query: { path } } as const;
  const response = await client.send(request);
  if (target === undefined) {
    for await (const chunk of response.body) await caller.writeOut(chunk);
    return;
  }
  const place = placeCopy(sourceEnd(from, path, readPathStat(response)), target);
  const size = await unpackTo(response.body, place);
  if (!rules.quiet && caller.isTerminal(2))
    caller.writeError(`Successfully copied ${decimalSize(size, 3)} to ${target.path}\n`);
}

/** Where a link leads that is the source, else the source itself. */
export async function followSource(client: ApiClient, from: RemotePlace): Promise<string> {
  const stat = await statPath(client, from, from.path).catch(() => undefined);
  if (stat === undefined || !isSymlink(stat)) return from.path;
  return stat.linkTarget.startsWith('/') ? stat.linkTarget : `${parentOf(from.path)}/${stat.linkTarget}`;
}

/** A source, and how it is called where it goes. @param path where it is, links followed */
export function sourceEnd(from: RemotePlace, path: string, stat: PathStat): CopyEnd {
  const end = { path, exists: true, isDirectory: isDirectory(stat) };
  return path === from.path ? end : { ...end, name: baseName(from.path) };
}

/** @throws Error when the directory that is to hold the copy does not exist */
function localEnd(absolute: string): CopyEnd {
  const stats = statSync(absolute, { throwIfNoEntry: false });
  const parent = parentOf(absolute);
  if (stats === undefined && !statSync(parent, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`invalid output path: directory "${parent}" does not exist`);
  }
  return { path: absolute, exists: stats !== undefined, isDirectory: stats?.isDirectory() ?? false };
}
