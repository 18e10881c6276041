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

function isShared({ records }: ContainerContext, { id, name }: ContainerRecord): boolean {
  return records.values().some(({ state, hostConfig }) => {
    const [, ref = ''] = /^container:(.+)$/.exec(hostConfig.NetworkMode) ?? [];
    return ref !== '' && isLive(state) && (ref === name || id.startsWith(ref));
  });
}
