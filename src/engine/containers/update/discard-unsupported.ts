import type { ContainerUpdateRequest } from '#api';
import { hasIoWeight } from '#linux';
import type { ContainerContext } from '../context.ts';

const noWeight =
  'Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.';

/** A change without the limits that this kernel can't keep, and what the user is told of them in Docker's words. */
export function discardUnsupported(
  { cgroups, settings }: ContainerContext,
  request: ContainerUpdateRequest,
): { readonly change: ContainerUpdateRequest; readonly warnings: readonly string[] } {
  const wantsWeight = request.BlkioWeight !== 0 || (request.BlkioWeightDevice ?? []).length > 0;
  if (!wantsWeight || hasIoWeight({ ...cgroups, path: settings.cgroupParent }))
    return { change: request, warnings: [] };
  return { change: { ...request, BlkioWeight: 0, BlkioWeightDevice: null }, warnings: [noWeight] };
}
