import { posix } from 'node:path';
import type { ContainerConfig, HostConfig, Mount } from '#api';
import { EngineError } from '#base';
import { isSecretKind, kinds, type SecretKind } from '#engine/secrets';
import type { SecretMount } from '../types.ts';

/** Finds a secret or a config by name or id. @throws EngineError notFound */
export type FindSecret = (kind: SecretKind, ref: string) => { readonly id: string; readonly name: string };

/** Labels that name what a container gets, for clients that have no other way to say it. */
export const secretLabels = { secret: 'wharf.secrets', config: 'wharf.configs' } as const;

/** A secret as a request wishes for it. */
interface SecretWish {
  readonly kind: SecretKind;
  readonly ref: string;
  readonly target: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const usualMode = 0o444;
const highestMode = 0o777;

/**
 * Which secrets and configs a container gets as files, and where: from mounts of these types and from labels.
 * @throws EngineError invalid, also for what is not there
 */
export function planSecrets(
  { Labels }: Pick<ContainerConfig, 'Labels'>,
  { Mounts }: Pick<HostConfig, 'Mounts'>,
  find: FindSecret,
): SecretMount[] {
  const wishes = [
    ...(Mounts ?? []).flatMap((mount) => (isSecretKind(mount.Type) ? [wishOfMount(mount, mount.Type)] : [])),
    ...wishesOfLabel('secret', Labels?.[secretLabels.secret]),
    ...wishesOfLabel('config', Labels?.[secretLabels.config]),
  ];
  return wishes.map((wish) => resolveWish(wish, find));
}

/** The same without the mounts that are of these types. */
export function withoutSecrets(hostConfig: HostConfig): HostConfig {
  const { Mounts } = hostConfig;
  return Mounts === undefined || Mounts === null
    ? hostConfig
    : { ...hostConfig, Mounts: Mounts.filter(({ Type }) => !isSecretKind(Type)) };
}

function wishOfMount(mount: Mount, kind: SecretKind): SecretWish {
  const foreign = (['BindOptions', 'VolumeOptions', 'ImageOptions', 'TmpfsOptions'] as const).find(
    (field) => mount[field] !== undefined,
  );
  if (foreign !== undefined) {
    throw new EngineError('invalid', `${foreign} must not be specified on mount type "${kind}"`);
  }
  if (!mount.Source) throw bad(kind, 'field Source must not be empty');
  const { UID = 0, GID = 0, Mode = usualMode } = mount.SecretOptions ?? {};
  return { kind, ref: mount.Source, target: mount.Target, uid: UID, gid: GID, mode: Mode };
}

/** `NAME[:TARGET[:MODE[:UID[:GID]]]]`, with commas between several. */
function wishesOfLabel(kind: SecretKind, label = ''): SecretWish[] {
  const words = label.split(',').map((word) => word.trim());
  return words.filter(Boolean).map((word) => {
    const [ref = '', target = '', mode = '', uid = '', gid = '', ...rest] = word.split(':');
    const isGood = /^[0-7]*$/.test(mode) && [uid, gid].every((id) => /^\d{0,9}$/.test(id));
    if (!isGood || rest.length > 0) {
      throw new EngineError('invalid', `invalid label ${secretLabels[kind]}: "${word}"`);
    }
    const bits = mode === '' ? usualMode : Number.parseInt(mode, 8);
    return { kind, ref, target, uid: Number(uid), gid: Number(gid), mode: bits };
  });
}

function resolveWish({ kind, ref, target, uid, gid, mode }: SecretWish, find: FindSecret): SecretMount {
  if (mode < 0 || mode > highestMode) throw bad(kind, `invalid mode: ${mode.toString(8)}`);
  if (uid < 0 || gid < 0) throw bad(kind, 'invalid owner');
  const { id, name } = findOrRefuse(kind, ref, find);
  const destination = posix.resolve(kinds[kind].directory, target || name);
  if (destination === '/') throw bad(kind, "invalid specification: destination can't be '/'");
  return { kind, id, name, destination, uid, gid, mode };
}

/** Not found is what an image can be: clients would pull it. */
function findOrRefuse(kind: SecretKind, ref: string, find: FindSecret): ReturnType<FindSecret> {
  try {
    return find(kind, ref);
  } catch (cause) {
    throw new EngineError('invalid', `${kind} ${ref} not found`, { cause });
  }
}

function bad(kind: SecretKind, reason: string): EngineError {
  return new EngineError('invalid', `invalid mount config for type "${kind}": ${reason}`);
}
