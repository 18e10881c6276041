import type { BundleKind } from '../bundles.ts';
import type { RuntimeTest } from './types.ts';

const count = 12;

/** The OCI runtime commands by themselves: no daemon, no image, no network. */
export const runtimeTests: readonly RuntimeTest[] = [
  {
    name: 'oci',
    run(subject) {
      for (const kind of ['minimal', 'docker-like'] satisfies BundleKind[]) {
        const metric = { name: `run, ${kind} bundle`, unit: 'ms' } as const;
        subject.time(metric, subject.program.runBundle(kind), { count });
      }
    },
  },
];
