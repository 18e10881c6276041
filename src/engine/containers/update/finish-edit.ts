import { errorMessage } from '#base';
import { writeCgroupFiles } from '#linux';
import type { ContainerContext } from '../context.ts';
import type { LiveContainer } from '../live.ts';
import { limitLive, settleMembership } from '../membership/live-membership.ts';
import { pidOf } from '../state.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';
import { mountLive, mountPointsOf, unmountLive } from './live-mounts.ts';
import { moveListens, portHolderOf } from './live-ports.ts';

/**
 * Makes a live container agree with its record, for one that the last daemon was killed while editing; does nothing
 * for others. A failure is logged: what the next start does is right in any case.
 */
export function finishEdit(
  context: ContainerContext,
  { id, edit }: ContainerRecord,
  live: LiveContainer,
): void {
  if (edit === undefined) return;
  context.log.info('an edit is brought to its end', { id });
  const settled = context.lock.run(id, async () => {
    const record = context.records.get(id);
    if (record?.edit === undefined || context.live.get(id) !== live) return;
    await settle(context, record, live);
    context.records.update(id, { edit: undefined });
  });
  settled.catch((error) => {
    context.log.error('an edit was not finished', { id, error: errorMessage(error) });
  });
}

/** Mounts come last: what is at their places may have changed since. */
async function settle(
  context: ContainerContext,
  record: ContainerRecord,
  live: LiveContainer,
): Promise<void> {
  const { state, mounts, edit } = record;
  writeCgroupFiles(edit?.limits ?? []);
  const holder = portHolderOf(live);
  if (holder !== undefined) {
    await settleMembership(context, record, holder);
    limitLive(record, holder);
    await moveListens(holder);
  }
  const pid = pidOf(state);
  const mounted = mountPointsOf(pid);
  const isMissing = ({ destination }: ContainerMount) => !mounted.has(destination);
  for (const path of edit?.unmount ?? []) if (mounted.delete(path)) unmountLive(pid, path)[Symbol.dispose]();
  for (const mount of mounts.filter(isMissing)) mountLive(pid, mount);
}
