import { join } from 'node:path';
import type { VolumeUsers } from '#engine/volumes';
import type { ContainerContext } from './context.ts';
import { isLive } from './state.ts';
import type { ContainerMount, ContainerRecord } from './types.ts';

/** What containers are to the volumes they mount. */
export function volumeUsers({ records }: Pick<ContainerContext, 'records'>): VolumeUsers {
  return {
    isActive(user) {
      const state = records.get(user)?.state;
      return state !== undefined && (isLive(state) || ['starting', 'restarting'].includes(state.status));
    },
    isSettled(user) {
      const state = records.get(user)?.state;
      return state !== undefined && (isLive(state) || ['created', 'exited', 'dead'].includes(state.status));
    },
    volumeRenamed(name, newName, mountpoint) {
      for (const record of records.all()) {
        if (!record.mounts.some((mount) => isOf(mount, name))) continue;
        records.update(record.id, renamed(record, name, { newName, mountpoint }));
      }
    },
  };
}

interface NewPlace {
  readonly newName: string;
  readonly mountpoint: string;
}

function isOf(mount: ContainerMount, volume: string): boolean {
  return mount.type === 'volume' && mount.name === volume;
}

function renamed(
  { mounts, hostConfig }: ContainerRecord,
  name: string,
  { newName, mountpoint }: NewPlace,
): Pick<ContainerRecord, 'mounts' | 'hostConfig'> {
  return {
    mounts: mounts.map((mount) =>
      isOf(mount, name)
        ? { ...mount, name: newName, anonymous: false, source: join(mountpoint, mount.subpath) }
        : mount,
    ),
    hostConfig: {
      ...hostConfig,
      Binds:
        hostConfig.Binds?.map((bind) =>
          bind.startsWith(`${name}:`) ? `${newName}${bind.slice(name.length)}` : bind,
        ) ?? null,
      Mounts:
        hostConfig.Mounts?.map((mount) =>
          mount.Type === 'volume' && mount.Source === name ? { ...mount, Source: newName } : mount,
        ) ?? null,
    },
  };
}
