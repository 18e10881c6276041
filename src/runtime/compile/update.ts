import type { CgroupSetup, CgroupWrite } from '#linux';
import type { LinuxResources } from '#oci';
import { type CgroupFile, writeCgroupFile } from './cgroup-files.ts';
import { legacyResourceFiles } from './resources-v1.ts';
import { unifiedResourceFiles } from './resources-v2.ts';

/** What the kernel has now, where the order of a change depends on it. */
export interface PresentLimits {
  /** Of memory alone. */
  readonly memoryBytes: number;
}

/**
 * The files that change a running container's limits, in order; only the resources given are touched.
 * @throws EngineError internal, for a limit whose controller this host does not have
 */
export function resourceUpdates(
  setup: CgroupSetup,
  resources: LinuxResources,
  present?: PresentLimits,
): readonly CgroupWrite[] {
  const files =
    setup.version === 1
      ? swapInOrder(legacyResourceFiles(resources), present)
      : unifiedResourceFiles(resources);
  return files.map((file) => writeCgroupFile(setup, file)).map(({ path, value }) => ({ path, value }));
}

/** In cgroup v1 the limit of memory with swap may at no moment be below that of memory: which one grows goes first. */
function swapInOrder(
  files: readonly CgroupFile[],
  present: PresentLimits | undefined,
): readonly CgroupFile[] {
  const swap = files.find(({ file }) => file === 'memory.memsw.limit_in_bytes');
  if (swap === undefined || present === undefined) return files;
  const grows = swap.value === '-1' || present.memoryBytes < Number(swap.value);
  return grows ? [swap, ...files.filter((file) => file !== swap)] : files;
}
