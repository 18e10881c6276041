import { noMount } from './record/no-mount.ts';
import type { ContainerMount, ContainerRecord } from './types.ts';

/** A record as JSON; nanoseconds (fields that end with `Ns`) become decimal strings. */
export function encodeRecord(record: ContainerRecord): string {
  return JSON.stringify(record, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

export function decodeRecord(json: string): ContainerRecord {
  const stored = JSON.parse(json, (key, value) =>
    key.endsWith('Ns') && typeof value === 'string' ? BigInt(value) : value,
  );
  return { ...laterFields, ...stored, mounts: stored.mounts.map(completeMount) };
}

/** Mounts of the first Wharf had no driver. */
function completeMount(mount: ContainerMount): ContainerMount {
  const driver = mount.type === 'volume' ? 'local' : '';
  return { ...noMount, ...mount, driver: mount.driver ?? driver };
}

/** What records of the first Wharf do not have. */
const laterFields = { stopRequested: false, restartRequested: false } satisfies Partial<ContainerRecord>;
