import { lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { unlessErrno } from '#base';
import { applyAttributes, describeDirectory, removeTree } from '#tree';
import { keepsXattr } from './members.ts';
import type { Stage, Stages } from './stages.ts';

/** Names at the top of a volume that are the engine's own, and no content. */
const stagePrefix = '.wharf-stage-';

/** Whether a name at the top of a volume is that of a content that is being put together. */
export function isStage(name: string): boolean {
  return name.startsWith(stagePrefix);
}

/** A directory of the volume itself: moving it to its place is then a matter of names. */
export interface StagePlace {
  /** Where the volume's files are. */
  readonly directory: string;
  readonly stage: Stage;
}

/** Makes the empty directory that the new content is put together in. @returns its path */
export function openStage(place: StagePlace): string {
  const path = partOf(place, 'new');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/**
 * Puts the new content, which is complete, in the place of the old one. Without a pause: no container that this
 * daemon starts can see a part of it. When it fails or is killed, it is to be called again.
 */
export function commitStage(stages: Stages, { directory, stage }: StagePlace): void {
  let current = stage.phase === 'filling' ? stages.advance(stage, 'complete') : stage;
  const place = { directory, stage: current };
  const [young, old] = [partOf(place, 'new'), partOf(place, 'old')];
  if (current.phase === 'complete') {
    mkdirSync(old, { recursive: true, mode: 0o700 });
    moveChildren(directory, old);
    current = stages.advance(current, 'cleared');
  }
  if (lstatSync(young, { throwIfNoEntry: false }) !== undefined) {
    moveChildren(young, directory);
    applyAttributes(`${directory}/.`, describeDirectory(young, { keepsXattr }));
  }
}

/** Removes what the putting together has left: the old content, or what there is of a new one that failed. */
export function clearStage({ directory, stage }: StagePlace): void {
  unlessErrno(['ENOENT'], () => removeTree(stageDirectory(directory, stage)));
}

function moveChildren(from: string, to: string): void {
  for (const child of readdirSync(from, { encoding: 'buffer' })) {
    if (isStage(child.toString('latin1'))) continue;
    renameSync(below(from, child), below(to, child));
  }
}

function below(directory: string, child: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), child]);
}

function stageDirectory(directory: string, { token }: Stage): string {
  return join(directory, `${stagePrefix}${token}`);
}

function partOf({ directory, stage }: StagePlace, part: 'new' | 'old'): string {
  return join(stageDirectory(directory, stage), part);
}
