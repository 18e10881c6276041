import type { CgroupSetup } from '#linux';
import type { LinuxResources } from '#oci';
import { writeCgroupFile } from './cgroup-files.ts';
import { legacyResourceFiles } from './resources-v1.ts';
import { unifiedResourceFiles } from './resources-v2.ts';

/** One cgroup file of a running container to write. */
export interface CgroupUpdate {
  readonly path: string;
  readonly value: string;
}

/**
 * The files that change a running container's limits, in order; only the resources given are touched.
 * @throws EngineError internal, for a limit whose controller this host does not have
 */
export function resourceUpdates(setup: CgroupSetup, resources: LinuxResources): readonly CgroupUpdate[] {
  const files = setup.version === 1 ? legacyResourceFiles(resources) : unifiedResourceFiles(resources);
  return files.map((file) => writeCgroupFile(setup, file)).map(({ path, value }) => ({ path, value }));
}
