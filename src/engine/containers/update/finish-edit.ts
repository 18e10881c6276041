import { errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import type { LiveContainer } from '../live.ts';
import { resolveResources } from '../spec/resources.ts';
import { pidOf } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { deviceNumberOf } from './device-number.ts';
import { applyLimits } from './live-limits.ts';
import { mountLive, mountPointsOf, unmountLive } from './live-mounts.ts';
import { holdPorts, portHolderOf } from './live-ports.ts';

/**
 * Makes a live container agree with its record, for one that the last daemon was killed while editing; does nothing
 * for others. A failure is logged: what its next start does is right in any case.
 */
export function finishEdit(context: ContainerContext, record: ContainerRecord, live: LiveContainer): void {
  if (record.edit === undefined) return;
  context.log.info('an edit is brought to its end', { id: record.id });
  settle(context, record, live).catch((error) => {
    context.log.error('an edit was not finished', { id: record.id, error: errorMessage(error) });
  });
}

async function settle(
  context: ContainerContext,
  record: ContainerRecord,
  live: LiveContainer,
): Promise<void> {
  const { id, hostConfig, mounts, edit } = record;
  const pid = pidOf(record.state);
  const mounted = mountPointsOf(pid);
  for (const path of edit?.unmount ?? []) if (mounted.has(path)) unmountLive(pid, path);
  for (const mount of mounts) if (!mounted.has(mount.destination)) mountLive(pid, mount);
  const { memory = {}, cpu = {}, pids = { limit: 0 } } = resolveResources(hostConfig, [], deviceNumberOf);
  applyLimits(context, record, { memory, cpu, pids });
  const holder = portHolderOf(live);
  if (holder !== undefined) await holdPorts(holder);
  context.records.update(id, { edit: undefined });
}
