import { statfsSync } from 'node:fs';

/** Types of statfs(2): proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs. */
const madeUpTypes: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673,
]);

/**
 * Whether the kernel makes up what is in a directory: files without a length, some of which nobody may read, others
 * without an end.
 */
export function isMadeUp(directory: Buffer): boolean {
  return madeUpTypes.has(statfsSync(directory).type);
}
