import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { undefinedFor } from '#base';
import { setModified } from '#linux';
import { applyAttributes, describeDirectory, removeTree } from '#tree';
import { keepsXattr } from './kept-xattrs.ts';
import type { VolumeWork, WorkTable } from './work-table.ts';

/** Names at the top of a volume that are the engine's own, and no content. */
const stagePrefix = '.wharf-';
const nsPerSecond = 1_000_000_000n;

/** Where a new content is put together: in the volume itself, so that names are all that is moved in the end. */
export interface Stage {
  /** Where the volume's files are. */
  readonly directory: string;
  readonly work: VolumeWork;
}

/**
 * Makes the empty directory that the new content is put together in: owned and to be entered as the volume is now,
 * unless the new content tells of it. @returns its path
 */
export function openStage(stage: Stage): string {
  const path = partOf(stage, 'new');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  applyAttributes(`${path}/.`, describeDirectory(stage.directory, { keepsXattr }));
  return path;
}

/**
 * Puts the new content, which is complete, in the place of the old one, which goes. The names move without a pause: no
 * container that this daemon starts sees a part of it. When it fails or is killed, it is to be called again with the
 * work as it is stored.
 */
export async function commitStage(table: WorkTable, { directory, work }: Stage): Promise<void> {
  const [young, old] = [partOf({ directory, work }, 'new'), partOf({ directory, work }, 'old')];
  let current = work.phase === 'filling' ? table.complete(work, modifiedAt(young)) : work;
  if (current.phase === 'complete') {
    mkdirSync(old, { recursive: true, mode: 0o700 });
    moveChildren(directory, old);
    current = table.clear(current);
  }
  if (existsSync(young)) {
    applyAttributes(`${directory}/.`, describeDirectory(young, { keepsXattr }));
    moveChildren(young, directory);
  }
  await clearStage({ directory, work });
  // Last: every name that came or went has changed it.
  const { topNs } = current;
  if (topNs !== undefined) setModified(directory, Number(topNs / nsPerSecond), Number(topNs % nsPerSecond));
}

/** Removes what the work has left in the volume. Idempotent. */
export async function clearStage({ directory, work }: Stage): Promise<void> {
  await removeTree(join(directory, stageName(work))).catch(undefinedFor('ENOENT'));
}

/** Whether a name at the top of a volume is one that work gave. */
export function isStageName(name: string): boolean {
  return /^\.wharf-archive-[0-9a-f]{12}$/.test(name);
}

function modifiedAt(directory: string): bigint {
  return statSync(directory, { bigint: true }).mtimeNs;
}

function moveChildren(from: string, to: string): void {
  for (const child of readdirSync(from, { encoding: 'buffer' })) {
    if (!isStageName(child.toString('latin1'))) renameSync(below(from, child), below(to, child));
  }
}

function below(directory: string, child: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), child]);
}

function stageName({ user }: VolumeWork): string {
  return `${stagePrefix}${user}`;
}

function partOf({ directory, work }: Stage, part: 'new' | 'old'): string {
  return join(directory, stageName(work), part);
}
