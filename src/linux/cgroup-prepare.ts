import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path/posix';
import { type CgroupHost, type CgroupSetup, cgroupDirectory } from './cgroup-host.ts';

/**
 * Makes the parents of `path` in every hierarchy, ready to take children; the cgroup itself is made by the
 * launch plan. Idempotent and synchronous: after the first time it is a few stat calls.
 * @param path absolute, such as `/wharf/<id>`
 */
export function prepareCgroup(host: CgroupHost, path: string): CgroupSetup {
  const parents = ancestorsOf(path);
  for (const hierarchy of host.hierarchies) {
    const isCpuset = host.version === 1 && hierarchy.controllers.includes('cpuset');
    for (const parent of parents) {
      const directory = hierarchy.mountPoint + parent;
      if (!existsSync(directory)) mkdirSync(directory, { recursive: true });
      if (isCpuset) inheritCpuset(directory);
    }
    if (host.version === 2) delegateControllers(hierarchy.mountPoint, parents, hierarchy.controllers);
  }
  return describeSetup(host, path);
}

/** A cgroup that exists already, as prepareCgroup() gave it when its container started. */
export function describeSetup(host: CgroupHost, path: string): CgroupSetup {
  const setup: CgroupSetup = { ...host, path };
  const directory = host.version === 1 ? cgroupDirectory(setup, 'cpuset') : undefined;
  if (directory === undefined) return setup;
  const parent = dirname(directory);
  return {
    ...setup,
    cpuset: { cpus: readWord(parent, 'cpuset.cpus'), mems: readWord(parent, 'cpuset.mems') },
  };
}

/** `/a/b/c` → `/a`, `/a/b`. */
function ancestorsOf(path: string): readonly string[] {
  const names = path.split('/').filter(Boolean).slice(0, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}

/** Whoever made the parent may have left it empty. */
function inheritCpuset(directory: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (readWord(directory, file) !== '') continue;
    writeFileSync(`${directory}/${file}`, readWord(dirname(directory), file));
  }
}

function readWord(directory: string, file: string): string {
  return readFileSync(`${directory}/${file}`, 'utf8').trim();
}

/** cgroup v2: children have only the controllers that every ancestor passes on. */
function delegateControllers(
  mountPoint: string,
  parents: readonly string[],
  controllers: readonly string[],
): void {
  for (const parent of ['', ...parents]) {
    const file = `${mountPoint}${parent}/cgroup.subtree_control`;
    const passed = readFileSync(file, 'utf8').trim().split(' ');
    for (const controller of controllers) {
      if (!passed.includes(controller)) tryWrite(file, `+${controller}`);
    }
  }
}

/** A controller that cannot be passed on (busy, threaded) is missed only by a container that sets its limits. */
function tryWrite(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch {
    // The launch reports it when it matters.
  }
}
