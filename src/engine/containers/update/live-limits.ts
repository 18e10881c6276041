import { type CgroupWrite, memoryLimit } from '#linux';
import type { LinuxResources } from '#oci';
import { resourceUpdates } from '#runtime';
import type { ContainerContext } from '../context.ts';
import { cgroupOf } from '../lifecycle/cgroup-path.ts';
import type { ContainerRecord } from '../types.ts';

/** What is to be written to set limits of a running container. @throws EngineError, where there is no such limit */
export function limitWrites(
  context: ContainerContext,
  record: ContainerRecord,
  limits: LinuxResources,
): readonly CgroupWrite[] {
  const cgroup = cgroupOf(context, record);
  return resourceUpdates(cgroup, limits, { memoryBytes: memoryLimit(cgroup) });
}
