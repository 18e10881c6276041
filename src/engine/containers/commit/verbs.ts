import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { Containers } from '../types.ts';
import { commitContainer } from './commit.ts';
import { exportRoot } from './export-root.ts';
import { listChanges } from './list-changes.ts';

/** What becomes of the files that a container writes. */
export function commitVerbs(context: ContainerContext): Pick<Containers, 'changes' | 'commit' | 'export'> {
  const { records } = context;
  return {
    changes: (ref) => listChanges(context.snapshots, records.find(ref).id),
    commit: (ref, options, signal) => commitContainer(context, records.find(ref), options, signal),
    export(ref, signal) {
      const record = records.find(ref);
      publish(context, record, 'export');
      return exportRoot(context, record, signal);
    },
  };
}
