import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { CgroupHierarchy, CgroupHost } from './cgroup-host.ts';

/**
 * Starts now what the next attach to a cgroup v1 hierarchy would wait for. After an idle moment the kernel spends
 * a grace period, some 10 ms, before it moves a process; moves that follow soon are free of it. So this process is
 * moved to where it is already, off the event loop. Does nothing on v2; a failure costs only the wait.
 */
export function hastenCgroupAttach(host: CgroupHost): void {
  const [hierarchy] = host.hierarchies;
  if (host.version !== 1 || hierarchy === undefined) return;
  const own = ownCgroup(hierarchy, readFileSync('/proc/self/cgroup', 'utf8'));
  if (own === undefined) return;
  writeFile(`${hierarchy.mountPoint}${own}/cgroup.procs`, String(process.pid)).catch(() => undefined);
}

/** The path of this process below a hierarchy, by what /proc/self/cgroup says (cgroups(7)). */
export function ownCgroup({ controllers }: CgroupHierarchy, text: string): string | undefined {
  const names = controllers.join();
  for (const line of text.split('\n')) {
    const [, listed, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (listed === names) return path === '/' ? '' : path;
  }
  return undefined;
}
