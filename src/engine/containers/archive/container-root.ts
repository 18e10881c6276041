import { constants, existsSync, readlinkSync, realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { unlessErrno } from '#base';
import { type OpenDescriptor, openConfined, openPathOnly, resolveFlag } from '#linux';
import { asksToFollow, followLinks, openDirectory } from '#tree';
import type { ContainerContext } from '../context.ts';
import { holdSubpaths } from '../lifecycle/volume-subpath.ts';
import { isLive } from '../state.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';
import { openLiveRoot } from './open-live-root.ts';

/** A directory that a container's path is to be looked up in, and the path from there. */
export interface ContainerRoot extends AsyncDisposable {
  /** The container's own root. */
  readonly top: OpenDescriptor;
  readonly directory: OpenDescriptor;
  /** Absolute; without links but at its end, unless the container lives and changes it. */
  readonly path: string;
  /** False: a read-only root or mount of a container that does not live; that of a live one the kernel guards. */
  readonly writable: boolean;
  /** Whether the path leads into something that is mounted. */
  readonly isMount: boolean;
  /** What would be mounted below the path, by the path from there: sources on the host. Empty for a live container. */
  readonly mountsBelow: ReadonlyMap<string, string>;
}

export interface RootRequest {
  /** As the container sees it. */
  readonly path: string;
  /** Whether a link at the path's end is followed. */
  readonly followsLast: boolean;
  readonly access: 'read' | 'write';
}

/** To look at a path; a link at its end is looked at itself unless the path asks for more. */
export function readRequest(path: string): RootRequest {
  return { path, followsLast: asksToFollow(path), access: 'read' };
}

/**
 * Opens where a container's path leads: in the root of a live container, in the snapshot of a stopped one, or
 * in what would be mounted there.
 */
export async function openContainerRoot(
  context: ContainerContext,
  record: ContainerRecord,
  request: RootRequest,
): Promise<ContainerRoot> {
  await using opened = new AsyncDisposableStack();
  const { mounts } = isLive(record.state) ? record : opened.use(holdSubpaths(context, record.mounts));
  const root = await openRoot(context, record, request, opened);
  const places = new MountedPlaces(opened, { ...record, mounts }, root);
  const path = followLinks(request.path, (at) => places.readLink(at), request.followsLast);
  const found = places.find(path);
  const held = opened.move();
  const mountsBelow = isLive(record.state) ? new Map() : sourcesBelow(record, path);
  return { ...found, mountsBelow, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

async function openRoot(
  { snapshots }: ContainerContext,
  record: ContainerRecord,
  { access }: RootRequest,
  opened: AsyncDisposableStack,
): Promise<OpenDescriptor> {
  if (isLive(record.state)) return opened.use(openLiveRoot(record));
  const snapshot = access === 'read' ? snapshots.view(record.id, 'all') : snapshots.open(record.id);
  return opened.use(openDirectory(opened.use(await snapshot).path));
}

type Found = Omit<ContainerRoot, 'mountsBelow' | typeof Symbol.asyncDispose>;

const noLink = ['EINVAL', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG'];

/** A container's root and what is mounted in it; of a live container the kernel finds the mounts. */
class MountedPlaces {
  readonly #opened: AsyncDisposableStack;
  readonly #record: ContainerRecord;
  readonly #root: OpenDescriptor;
  readonly #sources = new Map<string, OpenDescriptor>();

  constructor(opened: AsyncDisposableStack, record: ContainerRecord, root: OpenDescriptor) {
    this.#opened = opened;
    this.#record = record;
    this.#root = root;
  }

  find(path: string): Found {
    const mount = mountAbove(this.#record, path);
    const writable = mount === undefined ? !this.#record.hostConfig.ReadonlyRootfs : mount.writable;
    const own = { top: this.#root, directory: this.#root, path, writable, isMount: mount !== undefined };
    if (isLive(this.#record.state)) return { ...own, writable: true };
    if (mount === undefined || mount.type === 'tmpfs' || mount.type === 'image') return own;
    const below = path.slice(mount.destination.length) || '/';
    const directory = this.#openSource(mount.source);
    if (directory !== undefined) return { ...own, directory, path: below };
    // A file that is mounted by itself is looked up in its directory, and what is missing is not found there.
    const parent = this.#openSource(posix.dirname(mount.source));
    return parent === undefined
      ? own
      : { ...own, directory: parent, path: `/${posix.basename(mount.source)}` };
  }

  /** What a link says; a path of which nothing is there yet has none. */
  readLink(path: string): string | undefined {
    const { directory, path: below } = this.find(path);
    const read = () => {
      using parent = openConfined({
        directory: directory.fd,
        path: posix.dirname(below),
        flags: openPathOnly | constants.O_DIRECTORY,
        resolve: resolveFlag.inRoot + resolveFlag.noMagicLinks,
      });
      return readlinkSync(`${parent.path}/${posix.basename(below)}`);
    };
    return unlessErrno(noLink, read);
  }

  #openSource(path: string): OpenDescriptor | undefined {
    const known = this.#sources.get(path);
    if (known !== undefined) return known;
    const directory = unlessErrno(['ENOTDIR', 'ENOENT'], () => this.#opened.use(openDirectory(path)));
    if (directory !== undefined) this.#sources.set(path, directory);
    return directory;
  }
}

function sourcesBelow({ mounts }: ContainerRecord, path: string): Map<string, string> {
  const above = path === '/' ? '/' : `${path}/`;
  const below = mounts.filter(({ source, destination }) => source !== '' && destination.startsWith(above));
  const present = below.filter(({ source }) => existsSync(source));
  return new Map(
    present.map(({ destination, source }) => [destination.slice(above.length), realpathSync(source)]),
  );
}

function mountAbove({ mounts }: ContainerRecord, path: string): ContainerMount | undefined {
  return mounts
    .filter(({ destination }) => path === destination || path.startsWith(`${destination}/`))
    .sort((a, b) => b.destination.length - a.destination.length)[0];
}
