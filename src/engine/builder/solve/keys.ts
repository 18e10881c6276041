import { type DiffId, type Digest, digestOf } from '#base';
import type { CopyVertex, RunVertex, StepMount } from '../graph/types.ts';

/** What the result of a command depends on: all but names, proxies, and the values of secrets. */
export function runKey(
  vertex: RunVertex,
  root: readonly DiffId[],
  mounts: readonly (Digest | undefined)[],
): Digest {
  const { args, env, workingDir, user, script, network, security, devices, platform } = vertex;
  return digestOf(
    JSON.stringify([
      'run',
      root,
      { args, env, workingDir, user, script, network, security, devices, platform },
      vertex.mounts.map((mount, index) => [withoutSource(mount), mounts[index]]),
    ]),
  );
}

/** What the result of a copy depends on; of one that is independent of its root, not the root. */
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
    return [kind, parents ? source : '', destination, owner, mode, unpack, excludes, selections[index]];
  });
  return digestOf(JSON.stringify(['copy', vertex.link ? 'link' : root, actions]));
}

function withoutSource({ from: _, ...mount }: StepMount): Omit<StepMount, 'from'> {
  return mount;
}
