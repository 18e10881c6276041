import { posix } from 'node:path';
import type { HostConfig, Mount } from '#api';
import { EngineError, refuse } from '#base';
import { mountFromBind } from '../record/mount-from-bind.ts';
import { mountFromSpec } from '../record/mount-from-spec.ts';
import { outerFirst, refuseDuplicates } from '../record/plan-mounts.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';

/** What becomes of a container's mounts: for the record, and for a container that runs. */
export interface MountPlan {
  readonly hostConfig: Pick<HostConfig, 'Binds' | 'Mounts' | 'Tmpfs'>;
  readonly mounts: readonly ContainerMount[];
  readonly add: readonly ContainerMount[];
  /** Paths in the container. */
  readonly remove: readonly string[];
}

/**
 * Decides an edit of a container's mounts. Volumes without a name come without one, as in planMounts().
 * @throws EngineError invalid, in Docker's words; also for a path where no mount is to be removed
 */
export function planMountEdit(
  record: ContainerRecord,
  add: readonly Mount[],
  remove: readonly string[],
): MountPlan {
  const unwanted = remove.map((path) => posix.resolve('/', path));
  for (const path of unwanted) refuseUnknown(record, path);
  const isKept = (path: string) => !unwanted.includes(posix.resolve('/', path));
  const { Binds, Mounts, Tmpfs = null } = record.hostConfig;
  const kept = record.mounts.filter(({ destination }) => isKept(destination));
  const added = add.map(mountFromSpec);
  refuse(
    added.some(({ type }) => type === 'image'),
    'an image can be mounted only in a new container',
  );
  const keptTmpfs = Object.entries(Tmpfs ?? {}).filter(([path]) => isKept(path));
  // What is there may share a path: an inherited volume and a tmpfs.
  const taken = new Set([...kept.map(({ destination }) => destination), ...keptTmpfs.map(([path]) => path)]);
  refuseDuplicates([...taken, ...added.map(({ destination }) => destination)]);
  return {
    hostConfig: {
      Binds: Binds?.filter((bind) => isKept(mountFromBind(bind).destination)) ?? null,
      Mounts: [...(Mounts ?? []).filter(({ Target }) => isKept(Target)), ...add],
      ...(Tmpfs !== null && { Tmpfs: Object.fromEntries(keptTmpfs) }),
    },
    mounts: [...kept, ...added].sort(outerFirst),
    add: added,
    remove: unwanted,
  };
}

function refuseUnknown({ mounts, hostConfig }: ContainerRecord, path: string): void {
  const tmpfs = Object.keys(hostConfig.Tmpfs ?? {}).map((target) => posix.resolve('/', target));
  const known = [...mounts.map(({ destination }) => destination), ...tmpfs];
  if (!known.includes(path)) throw new EngineError('invalid', `there is no mount at ${path} to remove`);
}
