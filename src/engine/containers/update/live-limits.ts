import { memoryLimit, writeCgroupFiles } from '#linux';
import type { LinuxResources } from '#oci';
import { resourceUpdates } from '#runtime';
import type { ContainerContext } from '../context.ts';
import { cgroupOf } from '../lifecycle/cgroup-path.ts';
import type { ContainerRecord } from '../types.ts';

/**
 * Sets limits of a running container, all or none.
 * @returns what sets back the limits from before
 * @throws EngineError, with the file and the kernel's reason
 */
export function applyLimits(
  context: ContainerContext,
  record: ContainerRecord,
  limits: LinuxResources,
): () => void {
  const cgroup = cgroupOf(context, record);
  return writeCgroupFiles(resourceUpdates(cgroup, limits, { memoryBytes: memoryLimit(cgroup) }));
}
