import { statPath } from '#tree';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { Containers } from '../types.ts';
import { openContainerRoot, readRequest } from './container-root.ts';
import { extractArchive } from './extract-archive.ts';
import { readArchive } from './read-archive.ts';

/** A container's files, seen from outside. */
export function archiveVerbs(
  context: ContainerContext,
): Pick<Containers, 'statPath' | 'readArchive' | 'extractArchive'> {
  const { records } = context;
  return {
    async statPath(ref, path) {
      const record = records.find(ref);
      await using root = await openContainerRoot(context, record, readRequest(path));
      return statPath(root, path, `container ${ref}`);
    },
    async readArchive(ref, path, signal) {
      const record = records.find(ref);
      const reading = await readArchive(context, record, { ref, path }, signal);
      publish(context, record, 'archive-path');
      return reading;
    },
    async extractArchive(ref, path, tar, options) {
      const record = records.find(ref);
      await extractArchive(context, record, { ref, path }, tar, options);
      publish(context, record, 'extract-to-dir');
    },
  };
}
