import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CgroupHost } from '#linux';
import type { HostLimits } from '#serve/docker';

/** What the mounted cgroups can limit. */
export function limitsOf(cgroups: CgroupHost): HostLimits {
  const present = new Set(cgroups.hierarchies.flatMap(({ controllers }) => controllers));
  return {
    memory: present.has('memory'),
    swap: hasSwapLimit(cgroups),
    cpu: present.has('cpu'),
    cpuset: present.has('cpuset'),
    pids: present.has('pids'),
  };
}

/** A kernel of version 2 limits swap wherever it has swap at all. */
function hasSwapLimit({ version, hierarchies }: CgroupHost): boolean {
  const memory = hierarchies.find(({ controllers }) => controllers.includes('memory'));
  if (memory === undefined) return false;
  if (version === 1) return existsSync(join(memory.mountPoint, 'memory.memsw.limit_in_bytes'));
  return existsSync('/proc/swaps');
}

const limitNames = {
  memory: 'memory limit',
  swap: 'swap limit',
  cpu: 'cpu cfs quota',
  cpuset: 'cpuset',
  pids: 'pids limit',
} as const satisfies Record<keyof HostLimits, string>;

/** A sentence for each limit that has no effect here, as Docker words it. */
export function warningsAbout(limits: HostLimits): string[] {
  return Object.entries(limitNames)
    .filter(([name]) => !limits[name as keyof HostLimits])
    .map(([, feature]) => `WARNING: No ${feature} support`);
}
