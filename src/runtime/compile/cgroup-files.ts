import { EngineError } from '#base';
import { type CgroupSetup, cgroupDirectory } from '#linux';
import type { OpOf } from '../plan/plan.ts';

/** One value for one file of a controller, in the order in which the kernel wants them. */
export interface CgroupFile {
  readonly controller: string;
  readonly file: string;
  readonly value: string;
}

/** A file to write when there is a value for it. */
export function fileFor(
  controller: string,
  file: string,
  value: number | string | undefined,
): readonly CgroupFile[] {
  return value === undefined || value === '' ? [] : [{ controller, file, value: String(value) }];
}

/** @throws EngineError internal, for a limit whose controller this host does not have */
export function writeCgroupFile(setup: CgroupSetup, { controller, file, value }: CgroupFile): OpOf<'write'> {
  const directory = cgroupDirectory(setup, controller);
  if (directory === undefined) {
    const text = `cannot set ${controller} limit: container could not join or create cgroup`;
    throw new EngineError('internal', text);
  }
  return { op: 'write', path: `${directory}/${file}`, value, ignoreErrnos: [] };
}
