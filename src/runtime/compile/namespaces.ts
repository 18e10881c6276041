import { EngineError } from '#base';
import type { LinuxNamespace, NamespaceType, RuntimeMount, RuntimeSpec } from '#oci';
import type { OpOf } from '../plan/plan.ts';
import {
  type Propagation,
  parseMountOptions,
  propagationType,
  tryParsePropagation,
} from './mount-options.ts';

/** CLONE_NEW* of clone3(2) and setns(2). */
export const namespaceFlags = {
  time: 0x80,
  mount: 0x2_0000,
  cgroup: 0x200_0000,
  uts: 0x400_0000,
  ipc: 0x800_0000,
  user: 0x1000_0000,
  pid: 0x2000_0000,
  network: 0x4000_0000,
} as const satisfies Record<NamespaceType, number>;

/** How a container's namespaces come about. */
export interface NamespacePlan {
  readonly cloneFlags: bigint;
  /** In the shim: a process cannot join a pid namespace, only its children can be made there. */
  readonly before: readonly OpOf<'joinPidNamespace'>[];
  /** First thing in init. */
  readonly joins: readonly OpOf<'setns'>[];
  /** After init was put into its cgroup, which becomes the root of its cgroup namespace. */
  readonly newCgroup: readonly OpOf<'unshare'>[];
}

/** @throws EngineError invalid or notImplemented, for a set of namespaces that no container can have here */
export function compileNamespaces(namespaces: readonly LinuxNamespace[]): NamespacePlan {
  checkNamespaces(namespaces);
  const fresh = namespaces.filter(({ path }) => !path).map(({ type }) => type);
  const joined = namespaces.filter(({ path }) => path);
  const setns = ({ type, path }: LinuxNamespace): OpOf<'setns'> => ({
    op: 'setns',
    path: path ?? '',
    kind: namespaceFlags[type],
  });
  return {
    cloneFlags: fresh
      .filter((type) => type !== 'cgroup')
      .reduce((flags, type) => flags | BigInt(namespaceFlags[type]), 0n),
    before: joined
      .filter(({ type }) => type === 'pid')
      .map(({ path = '' }) => ({ op: 'joinPidNamespace', path })),
    joins: joined.filter(({ type }) => type !== 'pid').map(setns),
    newCgroup: fresh.includes('cgroup') ? [{ op: 'unshare', flags: namespaceFlags.cgroup }] : [],
  };
}

/**
 * The propagation that the container's copy of the mount table starts with: what the spec asks for, else slave
 * when a mount wants to see later mounts of the host, else private.
 */
export function compileRootPropagation(spec: RuntimeSpec): Propagation {
  const asked = tryParsePropagation(spec.linux?.rootfsPropagation ?? '');
  // A table left shared would show the container's own root to the host.
  if (asked?.type === propagationType.shared) return { type: propagationType.slave, recursive: true };
  if (asked !== undefined) return { ...asked, recursive: true };
  const type = (spec.mounts ?? []).some(wantsToFollow) ? propagationType.slave : propagationType.private;
  return { type, recursive: true };
}

function wantsToFollow({ options = [] }: RuntimeMount): boolean {
  const wanted = parseMountOptions(options).propagation?.type;
  return wanted === propagationType.slave || wanted === propagationType.shared;
}

function checkNamespaces(namespaces: readonly LinuxNamespace[]): void {
  const types = namespaces.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice !== undefined) throw new EngineError('invalid', `malformed spec file: duplicated ns "${twice}"`);
  if (types.includes('user')) throw new EngineError('notImplemented', 'user namespaces are not supported');
  const mount = namespaces.find(({ type }) => type === 'mount');
  if (mount === undefined || mount.path) {
    throw new EngineError('invalid', 'a container needs a mount namespace of its own');
  }
}
