import { basename, join } from 'node:path/posix';
import { type CgroupSetup, cgroupDirectories } from '#linux';
import type { LinuxResources, RuntimeMount } from '#oci';
import type { OpIn, OpOf } from '../plan/plan.ts';
import { writeCgroupFile } from './cgroup-files.ts';
import { compileDeviceFilter } from './device-filter.ts';
import { mountAttr, parseMountOptions } from './mount-options.ts';
import { makeDirectory } from './mounts.ts';
import { legacyResourceFiles } from './resources-v1.ts';
import { unifiedResourceFiles } from './resources-v2.ts';

/** Makes the container's cgroup and sets its limits, before there is a process to put in. */
export function compileCgroup(setup: CgroupSetup, resources: LinuxResources = {}): readonly OpIn<'before'>[] {
  const directories = cgroupDirectories(setup);
  const files = setup.version === 1 ? legacyFiles(setup, resources) : unifiedResourceFiles(resources);
  return [
    ...directories.map((path): OpOf<'hostMkdir'> => ({ op: 'hostMkdir', path, mode: 0o755 })),
    ...files.map((file) => writeCgroupFile(setup, file)),
    ...(setup.version === 2 ? unifiedEntry(directories, resources) : []),
  ];
}

/**
 * Makes the new process a member of a cgroup from its first moment. In version 1 it moves itself: moved by another
 * process, it would wait some 10 ms for the kernel.
 */
export function enterCgroup(setup: CgroupSetup | undefined): readonly OpIn<'before'>[] {
  if (setup === undefined) return [];
  const directories = cgroupDirectories(setup);
  if (setup.version === 2) return directories.map((path) => ({ op: 'enterCgroup', path }));
  return directories.map((directory) => ({ op: 'enterTasks', path: `${directory}/tasks` }));
}

/** The same for a shim that does not know how to: it moves the process, where clone3 has not put it into its cgroup. */
export function attachToCgroup(setup: CgroupSetup | undefined): readonly OpOf<'attach'>[] {
  if (setup === undefined || setup.version === 2) return [];
  return cgroupDirectories(setup).map((directory) => ({ op: 'attach', path: `${directory}/cgroup.procs` }));
}

/** The spec's limits; a cpuset that the spec leaves open is its parent's, as an empty one holds no process. */
function legacyFiles(setup: CgroupSetup, resources: LinuxResources) {
  const { cpuset } = setup;
  if (cpuset === undefined) return legacyResourceFiles(resources);
  const cpu = resources.cpu ?? {};
  const filled = { ...cpu, cpus: cpu.cpus || cpuset.cpus, mems: cpu.mems || cpuset.mems };
  return legacyResourceFiles({ ...resources, cpu: filled });
}

function unifiedEntry(
  directories: readonly string[],
  resources: LinuxResources,
): readonly OpOf<'deviceFilter'>[] {
  const program = compileDeviceFilter(resources.devices ?? []);
  if (program === undefined) return [];
  return directories.map((path) => ({ op: 'deviceFilter', path, program }));
}

/**
 * The container's view of its own cgroup: binds of its directories. In a cgroup namespace of its own they are
 * the roots of the hierarchies. On cgroup v2 without such a namespace it sees the whole hierarchy.
 */
export function compileCgroupMount(
  mount: RuntimeMount,
  setup: CgroupSetup,
  ownNamespace: boolean,
): readonly OpIn<'init'>[] {
  const target = join('/', mount.destination);
  const { attributes } = parseMountOptions(mount.options ?? []);
  const bind = (source: string, place: string): OpOf<'bind'> => ({
    op: 'bind',
    source,
    target: place,
    recursive: 0,
    ...attributes,
  });
  if (setup.version === 1) return [...legacyView(setup, target, bind), ...seal(target, attributes.set)];
  const mountPoint = setup.hierarchies[0]?.mountPoint ?? '';
  return [makeDirectory(target), bind(ownNamespace ? mountPoint + setup.path : mountPoint, target)];
}

function legacyView(
  setup: CgroupSetup,
  target: string,
  bind: (source: string, target: string) => OpOf<'bind'>,
): readonly OpIn<'init'>[] {
  const tmpfs = { op: 'mount', source: 'tmpfs', target, fstype: 'tmpfs', data: 'mode=755' } as const;
  const nosuidNodevNoexec = 0xe;
  return [
    makeDirectory(target),
    { ...tmpfs, flags: nosuidNodevNoexec },
    ...setup.hierarchies.flatMap(({ mountPoint, controllers }): OpIn<'init'>[] => {
      const name = basename(mountPoint);
      const place = `${target}/${name}`;
      const aliases = controllers.filter((controller) => controller !== name && !controller.includes('='));
      return [
        makeDirectory(place),
        bind(mountPoint + setup.path, place),
        ...aliases.map(
          (alias): OpOf<'symlink'> => ({ op: 'symlink', value: name, target: `${target}/${alias}` }),
        ),
      ];
    }),
  ];
}

/** The tmpfs that holds the hierarchies takes no more entries once they are there. */
function seal(target: string, attributes: bigint): readonly OpOf<'setattr'>[] {
  if ((attributes & mountAttr.readOnly) === 0n) return [];
  return [{ op: 'setattr', target, recursive: 0, set: mountAttr.readOnly, clear: 0n }];
}
