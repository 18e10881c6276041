import { existsSync, readFileSync } from 'node:fs';
import { type MountInfo, parseMountInfo } from './mountinfo.ts';

/** The cgroup hierarchies that this host has mounted. */
export interface CgroupHost {
  /** Where resource limits are set: 2 when cgroup2 holds the controllers, else 1 (also on hybrid hosts). */
  readonly version: 1 | 2;
  /** v1: one per mounted hierarchy, in mount order. v2: exactly one. None when nothing is mounted. */
  readonly hierarchies: readonly CgroupHierarchy[];
}

export interface CgroupHierarchy {
  readonly mountPoint: string;
  /** `memory`, `cpu` …; a named v1 hierarchy such as systemd's has `name=systemd`. */
  readonly controllers: readonly string[];
}

/** One cgroup across all hierarchies of the host; its parents exist. */
export interface CgroupSetup extends CgroupHost {
  /** Absolute, below every hierarchy's mount point, such as `/wharf/<id>`. */
  readonly path: string;
  /** v1: what the parent's cpuset allows; a new child starts with none and could hold no process. */
  readonly cpuset?: { readonly cpus: string; readonly mems: string };
}

/** Looks at what is mounted now. Synchronous: a handful of /proc reads, once at start. */
export function detectCgroups(): CgroupHost {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const unified = mounts.find(({ type }) => type === 'cgroup2')?.mountPoint;
  const words = (path: string) => readFileSync(path, 'utf8').split(/\s+/).filter(Boolean);
  return describeCgroups(
    mounts,
    knownControllers(readFileSync('/proc/cgroups', 'utf8')),
    unified === undefined ? [] : words(`${unified}/cgroup.controllers`),
  );
}

/** The host that a mount table describes; pure. */
export function describeCgroups(
  mounts: readonly MountInfo[],
  known: ReadonlySet<string>,
  unifiedControllers: readonly string[],
): CgroupHost {
  const hierarchies = legacyHierarchies(mounts, known);
  const hasControllers = hierarchies.some(({ controllers }) => controllers.some((name) => known.has(name)));
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  if (hasControllers || unified === undefined) return { version: 1, hierarchies };
  return {
    version: 2,
    hierarchies: [{ mountPoint: unified.mountPoint, controllers: unifiedControllers }],
  };
}

function legacyHierarchies(mounts: readonly MountInfo[], known: ReadonlySet<string>): CgroupHierarchy[] {
  const found = new Map<string, CgroupHierarchy>();
  for (const { type, mountPoint, superOptions } of mounts) {
    if (type !== 'cgroup') continue;
    const controllers = superOptions.filter((option) => known.has(option) || option.startsWith('name='));
    const key = controllers.join();
    if (key !== '' && !found.has(key)) found.set(key, { mountPoint, controllers });
  }
  return [...found.values()];
}

function knownControllers(procCgroups: string): ReadonlySet<string> {
  const lines = procCgroups.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Set(lines.map((line) => line.split('\t', 1)[0] ?? ''));
}

/** The directory of a cgroup in the hierarchy of `controller`; undefined when that is not mounted. */
export function cgroupDirectory(setup: CgroupSetup, controller: string): string | undefined {
  const hierarchy = setup.hierarchies.find(({ controllers }) => controllers.includes(controller));
  return hierarchy === undefined ? undefined : hierarchy.mountPoint + setup.path;
}

/** The directories of a cgroup, one per hierarchy. */
export function cgroupDirectories(setup: CgroupSetup): readonly string[] {
  return setup.hierarchies.map(({ mountPoint }) => mountPoint + setup.path);
}

/** Whether a cgroup with siblings can be given a weight of block I/O: not every kernel has a scheduler that knows it. */
export function hasIoWeight(setup: CgroupSetup): boolean {
  const [controller, file] = setup.version === 1 ? ['blkio', 'blkio.bfq.weight'] : ['io', 'io.weight'];
  const directory = cgroupDirectory(setup, controller);
  return directory !== undefined && existsSync(`${directory}/${file}`);
}
