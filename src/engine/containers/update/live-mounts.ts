import { constants, fstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { EngineError, errnoOf, errorMessage } from '#base';
import {
  attachMountInside,
  type OpenDescriptor,
  openConfined,
  openPathOnly,
  parseMountInfo,
  resolveFlag,
  takeMountInside,
} from '#linux';
import { openDirectory } from '#tree';
import { detachedMount } from '../lifecycle/detached-mount.ts';
import { mountOf } from '../spec/mounts.ts';
import type { ContainerMount } from '../types.ts';

/**
 * Mounts in a running container what its next start would mount there; a missing place is made.
 * @throws EngineError conflict, with the kernel's reason
 */
export function mountLive(pid: number, mount: ContainerMount): void {
  try {
    using tree = detachedMount(mountOf(mount));
    using root = openDirectory(`/proc/${pid}/root`);
    const isDirectory = mount.type !== 'bind' || statSync(mount.source).isDirectory();
    makePlace(root, mount.destination, isDirectory);
    attachAt(pid, root, tree, mount.destination);
  } catch (cause) {
    throw refusal(`cannot mount at ${mount.destination} of the running container`, cause, {
      EROFS: 'its root is read-only, and the path does not exist',
    });
  }
}

/**
 * Takes the mount at a path of a running container away.
 * @returns the mount, for remountLive(); it ends with its descriptor
 * @throws EngineError conflict, when it is in use
 */
export function unmountLive(pid: number, destination: string): OpenDescriptor {
  try {
    using root = openDirectory(`/proc/${pid}/root`);
    using directory = openConfined({
      directory: root.fd,
      path: posix.dirname(destination),
      flags: openPathOnly | constants.O_DIRECTORY,
      resolve: noLinks,
    });
    return takeMountInside(pid, directory, posix.basename(destination));
  } catch (cause) {
    throw refusal(`cannot unmount ${destination} of the running container`, cause, {
      EBUSY: 'it is in use',
      EINVAL: 'nothing is mounted there',
      ELOOP: 'there is a symbolic link on its path; stop the container first',
    });
  }
}

/** Puts a mount back that unmountLive() took. @throws SystemCallError */
export function remountLive(pid: number, mount: OpenDescriptor, destination: string): void {
  using root = openDirectory(`/proc/${pid}/root`);
  attachAt(pid, root, mount, destination);
}

function attachAt(pid: number, root: OpenDescriptor, mount: OpenDescriptor, destination: string): void {
  using place = openPlace(root, destination);
  attachMountInside(pid, mount, place);
}

/** The container may change its links at any time: one on the way could lead to another of its mounts. */
const noLinks = resolveFlag.inRoot + resolveFlag.noSymlinks + resolveFlag.noMagicLinks;

/** A mount at a link could not be found again by its path. @throws EngineError conflict, for a link */
function openPlace(root: OpenDescriptor, path: string): OpenDescriptor {
  using undo = new DisposableStack();
  const flags = openPathOnly | constants.O_NOFOLLOW;
  const place = undo.use(openConfined({ directory: root.fd, path, flags }));
  if (fstatSync(place.fd).isSymbolicLink()) throw new EngineError('conflict', 'there is a symbolic link');
  undo.move();
  return place;
}

/** Where something is mounted in the mount namespace of a process. */
export function mountPointsOf(pid: number): Set<string> {
  const mounts = parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));
  return new Set(mounts.map(({ mountPoint }) => mountPoint));
}

/** Makes what is missing on the way to a path, without leaving the root. */
function makePlace(root: OpenDescriptor, path: string, isDirectory: boolean): void {
  if (exists(root, path)) return;
  const above = posix.dirname(path);
  makePlace(root, above, true);
  using parent = openConfined({
    directory: root.fd,
    path: above,
    flags: openPathOnly | constants.O_DIRECTORY,
  });
  const place = `${parent.path}/${posix.basename(path)}`;
  if (isDirectory) mkdirSync(place, { mode: 0o755 });
  else writeFileSync(place, '', { flag: 'wx', mode: 0o644 });
}

function exists(root: OpenDescriptor, path: string): boolean {
  try {
    openConfined({ directory: root.fd, path, flags: openPathOnly })[Symbol.dispose]();
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

const kernelReasons: Readonly<Record<string, string>> = {
  ENOSYS: 'the kernel cannot change the mounts of a running container; stop it first',
  EPERM: 'the kernel does not allow it while the container runs; stop it first',
};

function refusal(what: string, cause: unknown, reasons: Readonly<Record<string, string>>): EngineError {
  const reason = { ...kernelReasons, ...reasons }[errnoOf(cause) ?? ''] ?? errorMessage(cause);
  return new EngineError('conflict', `${what}: ${reason}`, { cause });
}
