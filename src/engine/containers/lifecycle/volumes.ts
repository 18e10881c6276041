import { randomBytes } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Mount } from '#api';
import { EngineError, errorKind, errorMessage, undefinedFor } from '#base';
import type { CreateVolume } from '#engine/volumes';
import type { ContainerContext } from '../context.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';

/** Gives the volumes that the request left without a name one. */
export function nameVolumes(mounts: readonly ContainerMount[]): ContainerMount[] {
  return mounts.map((mount) => {
    if (mount.type !== 'volume') return mount;
    const name = mount.name || randomBytes(32).toString('hex');
    return {
      ...mount,
      name,
      anonymous: mount.anonymous || mount.name === '',
    };
  });
}

/**
 * Makes a container's volumes where they are missing and notes that it uses them. Idempotent.
 * @returns its mounts, with what is known of the volumes now
 */
export async function ensureVolumes(
  context: ContainerContext,
  record: ContainerRecord,
): Promise<ContainerMount[]> {
  const mounts: ContainerMount[] = [];
  for (const mount of record.mounts) {
    mounts.push(mount.type === 'volume' ? await ensureVolume(context, record, mount) : mount);
  }
  return mounts;
}

async function ensureVolume(
  { volumes }: ContainerContext,
  record: ContainerRecord,
  mount: ContainerMount,
): Promise<ContainerMount> {
  const { name, anonymous, subpath } = mount;
  volumes.acquire(name, record.id);
  const { driver, mountpoint } = await volumes.create({ ...wishesFor(record, mount), name, anonymous });
  const source = mountpoint === '' ? '' : join(mountpoint, subpath);
  // With Docker, named volumes of the local driver have a label that containers share, and show it.
  const isShared = driver === 'local' && mount.mode === '' && !anonymous;
  return { ...mount, driver, source, mode: isShared ? 'z' : mount.mode };
}

/**
 * Brings a container's volumes to where they are mounted from. Idempotent.
 * @returns its record; a driver may tell only now where the files are
 * @throws EngineError, when a driver fails
 */
export async function mountVolumes(
  context: ContainerContext,
  record: ContainerRecord,
): Promise<ContainerRecord> {
  const mounts = await mountSources(context, record.id, await ensureVolumes(context, record));
  const isSame = mounts.every(({ source }, index) => source === record.mounts[index]?.source);
  return isSame ? record : context.records.update(record.id, { mounts });
}

/** Mounts with the paths where their volumes' files are now, for a container that runs or is about to. */
export async function mountSources(
  context: ContainerContext,
  id: string,
  mounts: readonly ContainerMount[],
): Promise<ContainerMount[]> {
  const found: ContainerMount[] = [];
  for (const mount of mounts) found.push(await mountVolume(context, id, mount));
  return found;
}

async function mountVolume(
  { volumes }: ContainerContext,
  id: string,
  mount: ContainerMount,
): Promise<ContainerMount> {
  if (mount.type !== 'volume') return mount;
  try {
    const path = await volumes.mount(mount.name, id);
    return { ...mount, source: join(path, mount.subpath) };
  } catch (cause) {
    const reason = `error while mounting volume '${volumes.mountpoint(mount.name)}': ${errorMessage(cause)}`;
    throw new EngineError(errorKind(cause), reason, { cause });
  }
}

/** A container that has ended needs its volumes no more. Idempotent. */
export async function unmountVolumes({ volumes }: ContainerContext, record: ContainerRecord): Promise<void> {
  for (const { type, name } of record.mounts) if (type === 'volume') await volumes.unmount(name, record.id);
}

/** What `--mount` says about a volume that is to be made. */
function wishesFor({ hostConfig }: ContainerRecord, mount: ContainerMount): Omit<CreateVolume, 'name'> {
  const isFor = ({ Target }: Mount) => posix.resolve('/', Target) === mount.destination;
  const { Labels, DriverConfig } = (hostConfig.Mounts ?? []).find(isFor)?.VolumeOptions ?? {};
  return { driver: mount.driver, labels: Labels ?? {}, options: DriverConfig?.Options ?? {} };
}

/**
 * Makes the host's side of bind mounts that `-v` names.
 * @throws EngineError invalid, when a path that `--mount` names is not there
 */
export async function ensureBindSources(mounts: readonly ContainerMount[]): Promise<void> {
  await refuseMissingSources(mounts);
  for (const { type, source } of mounts) {
    if (type === 'bind' && !(await exists(source))) await mkdir(source, { recursive: true });
  }
}

/** @throws EngineError invalid, when a folder of the host that is to be there is not */
export async function refuseMissingSources(mounts: readonly ContainerMount[]): Promise<void> {
  for (const { type, source, createSource } of mounts) {
    if (type !== 'bind' || createSource || (await exists(source))) continue;
    throw new EngineError(
      'invalid',
      `invalid mount config for type "bind": bind source path does not exist: ${source}`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(undefinedFor('ENOENT'))) !== undefined;
}
