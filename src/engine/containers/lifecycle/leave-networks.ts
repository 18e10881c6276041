import type { Sandbox } from '#engine/networks';
import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';

/**
 * Gives back a container's place in the networks when its process has ended. Its devices die with its namespace, unless
 * containers that share it live on: they are left without, or its addresses would be in use twice.
 */
export async function leaveNetworks(
  context: ContainerContext,
  record: ContainerRecord,
  sandbox: Sandbox | undefined,
): Promise<void> {
  if (record.sandbox !== undefined && isShared(context, record)) {
    await context.networks.removeDevices(record.sandbox);
  }
  await sandbox?.release();
}

function isShared(context: ContainerContext, { id }: ContainerRecord): boolean {
  return context.records.values().some(({ state, hostConfig }) => {
    const [, ref = ''] = /^container:(.+)$/.exec(hostConfig.NetworkMode) ?? [];
    return ref !== '' && isLive(state) && mayBe(context, ref, id);
  });
}

/** Whether a live container's word for another one may stand for this one: by a name that nobody has any more, too. */
function mayBe({ records }: ContainerContext, ref: string, id: string): boolean {
  try {
    return records.find(ref).id === id;
  } catch {
    return true;
  }
}
