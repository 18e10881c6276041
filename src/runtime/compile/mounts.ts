import { isAbsolute, join, resolve } from 'node:path/posix';
import type { RootMount, RuntimeMount } from '#oci';
import type { OpIn, OpOf } from '../plan/plan.ts';
import {
  isChange,
  legacyFlags,
  type MountOptions,
  type Propagation,
  parseMountOptions,
} from './mount-options.ts';

type InitOp = OpIn<'init'>;

export interface MountSurroundings {
  readonly bundle: string;
  /** What all mounts of the container's mount table have before the spec's mounts are made. */
  readonly propagation: Propagation;
}

/** The operations that make one mount of the spec inside the root. */
export function compileMount(mount: RuntimeMount, surroundings: MountSurroundings): readonly InitOp[] {
  const options = parseMountOptions(mount.options ?? []);
  const target = join('/', mount.destination);
  const made =
    options.bind || mount.type === 'bind'
      ? [bindOp(resolveSource(mount.source ?? '', surroundings.bundle), target, options)]
      : [makeDirectory(target), mountOp(mount.type ?? '', mount.source ?? mount.type ?? '', target, options)];
  const propagation = propagationOps(target, options.propagation, surroundings.propagation);
  return [...made, ...treeAttributes(target, options), ...propagation];
}

/** The operations that make the root file system at the host path `target`. */
export function compileRootMount(mount: RootMount, target: string): InitOp {
  if (mount.type === 'placed') return { op: 'place', source: mount.source, target };
  const options = parseMountOptions(mount.options);
  if (options.bind || mount.type === 'bind') return bindOp(mount.source, target, options);
  return mountOp(mount.type, mount.source, target, options);
}

/** A bind mount; the core makes a missing target of the source's own kind. */
export function bindOp(source: string, target: string, options: MountOptions): OpOf<'bind'> {
  const recursive = options.recursiveBind ? 1 : 0;
  return { op: 'bind', source, target, recursive, ...options.attributes };
}

export function makeDirectory(target: string, mode = 0o755): OpOf<'mkdir'> {
  return { op: 'mkdir', target, mode, uid: 0, gid: 0 };
}

function mountOp(fstype: string, source: string, target: string, options: MountOptions): OpOf<'mount'> {
  const flags = legacyFlags(options.attributes) | options.superFlags;
  return { op: 'mount', source, target, fstype, flags, data: options.data };
}

function treeAttributes(target: string, options: MountOptions): readonly InitOp[] {
  if (!isChange(options.recursiveAttributes)) return [];
  return [{ op: 'setattr', target, recursive: 1, ...options.recursiveAttributes }];
}

/** Nothing to do for a propagation that every mount has from the start. */
function propagationOps(
  target: string,
  wanted: Propagation | undefined,
  present: Propagation,
): readonly InitOp[] {
  if (wanted === undefined || wanted.type === present.type) return [];
  return [{ op: 'propagate', target, recursive: wanted.recursive ? 1 : 0, propagation: wanted.type }];
}

function resolveSource(source: string, bundle: string): string {
  return isAbsolute(source) ? source : resolve(bundle, source);
}
