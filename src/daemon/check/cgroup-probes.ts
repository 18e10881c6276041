import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CgroupHierarchy, type CgroupHost, detectCgroups } from '#linux';
import type { Probe } from './probe.ts';

/** What limits a container's use of the host. */
export function cgroupProbes(host: CgroupHost = detectCgroups()): readonly Probe[] {
  return [
    {
      feature: 'cgroups',
      needed: true,
      lost: 'the processes of a container could be neither counted nor ended together',
      attempt() {
        if (host.hierarchies.length === 0) throw new Error('nothing is mounted at /sys/fs/cgroup');
        for (const { mountPoint } of host.hierarchies) withCgroup(mountPoint, () => {});
        return `version ${host.version}`;
      },
    },
    ...controllers(host),
    {
      feature: 'cgroup swap limit',
      lost: '--memory-swap has no effect',
      attempt: () => requireFile(host, 'memory', ['memory.memsw.limit_in_bytes', 'memory.swap.max']),
    },
    {
      feature: 'cgroup freezer',
      lost: 'docker pause; commit cannot hold a container still',
      attempt: () => requireFile(host, 'freezer', ['freezer.state', 'cgroup.freeze']),
    },
    {
      feature: 'cgroup devices',
      lost: 'a container that may make device nodes could use any device',
      attempt: () => requireDevices(host),
    },
  ];
}

const lostWithout: Readonly<Record<string, string>> = {
  memory: '--memory, and the memory columns of docker stats',
  cpu: '--cpus, --cpu-shares',
  cpuset: '--cpuset-cpus, --cpuset-mems',
  pids: '--pids-limit: a fork bomb takes the host along',
  io: '--device-read-bps and the like, and the columns of docker stats for disks',
  hugetlb: 'limits of huge pages',
};

function controllers(host: CgroupHost): Probe[] {
  return Object.entries(lostWithout).map(([name, lost]) => ({
    feature: `cgroup ${name}`,
    lost,
    attempt() {
      if (hierarchyOf(host, name) === undefined) throw new Error('no such controller');
      return undefined;
    },
  }));
}

/** Version 1 calls io blkio. */
function hierarchyOf({ version, hierarchies }: CgroupHost, name: string): CgroupHierarchy | undefined {
  const wanted = version === 1 && name === 'io' ? 'blkio' : name;
  return hierarchies.find(({ controllers: present }) => present.includes(wanted));
}

/** The files are in every cgroup but the root: one of our own shows them. */
function requireFile(host: CgroupHost, controller: string, names: readonly string[]): undefined {
  const hierarchy = host.version === 2 ? host.hierarchies[0] : hierarchyOf(host, controller);
  if (hierarchy === undefined) throw new Error('no such controller');
  withCgroup(hierarchy.mountPoint, (folder) => {
    if (!names.some((name) => existsSync(join(folder, name))))
      throw new Error(`no ${names[host.version - 1]}`);
  });
}

/** Version 2 has no controller for devices, but programs that the kernel asks. */
function requireDevices(host: CgroupHost): string | undefined {
  if (host.version === 1) return requireFile(host, 'devices', ['devices.allow']);
  if (!existsSync('/proc/sys/kernel/unprivileged_bpf_disabled')) throw new Error('no BPF in this kernel');
  return 'by BPF';
}

function withCgroup(mountPoint: string, use: (folder: string) => void): void {
  const folder = join(mountPoint, `wharf-check-${process.pid}`);
  mkdirSync(folder);
  try {
    use(folder);
  } finally {
    rmdirSync(folder);
  }
}
