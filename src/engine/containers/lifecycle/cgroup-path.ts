import { join } from 'node:path/posix';
import { type CgroupSetup, describeSetup } from '#linux';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';

/** The container's cgroup below every hierarchy's mount point. */
export function cgroupPathOf({ settings }: ContainerContext, { id, hostConfig }: ContainerRecord): string {
  return join('/', hostConfig.CgroupParent || settings.cgroupParent, id);
}

/** The container's cgroup as it is while it lives. */
export function cgroupOf(context: ContainerContext, record: ContainerRecord): CgroupSetup {
  return describeSetup(context.cgroups, cgroupPathOf(context, record));
}
