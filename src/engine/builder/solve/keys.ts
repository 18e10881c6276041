import { type DiffId, type Digest, digestOf } from '#base';
import type { CopyVertex, RunVertex, StepMount } from '../graph/types.ts';
import { isTree } from '../graph/vertex-digest.ts';

/**
 * What the result of a command depends on: all but names, proxies, and the values of secrets.
 * @param hostConfig of all commands of the build: a command can see its limits and hosts
 */
export function runKey(
  vertex: RunVertex,
  {
    root,
    mounts,
    hostConfig,
  }: {
    readonly root: readonly DiffId[];
    readonly mounts: readonly (Digest | undefined)[];
    readonly hostConfig: Readonly<Record<string, unknown>>;
  },
): Digest {
  const { args, env, workingDir, user, script, network, security, devices, platform } = vertex;
  return digestOf(
    JSON.stringify([
      'run',
      root,
      { args, env, workingDir, user, script, network, security, devices, platform },
      vertex.mounts.map((mount, index) => [withoutSource(mount), mounts[index]]),
      hostConfig,
    ]),
  );
}

/** What the result of a copy depends on; the root only as far as links in it or names of owners lead elsewhere. */
export function copyKey(
  vertex: CopyVertex,
  root: readonly DiffId[],
  selections: readonly (Digest | undefined)[],
): Digest {
  const actions = vertex.actions.map((action, index) => {
    const { kind, owner, mode } = action;
    if (kind === 'directory') return [kind, action.path, owner, mode];
    if (kind === 'file') return [kind, action.path, owner, mode, digestOf(action.heredoc.content)];
    const { source, destination, parents, unpack, excludes } = action;
    // The name of what is copied counts only through what it selects, but for where it goes.
    const where = [parents ? source : '', destination];
    return [kind, isTree(action.from), where, owner, mode, unpack, excludes, selections[index]];
  });
  const isIndependent = vertex.link && vertex.actions.every(({ owner }) => isNumbers(owner));
  return digestOf(JSON.stringify(['copy', vertex.link, isIndependent ? undefined : root, actions]));
}

function isNumbers(owner: string | undefined): boolean {
  return owner === undefined || /^\d+(:\d+)?$/.test(owner);
}

function withoutSource({ from: _, ...mount }: StepMount): Omit<StepMount, 'from'> {
  return mount;
}
