import { type BundleKind, bundlePath } from '../bundles.ts';
import type { RuntimeTest } from './types.ts';

const count = 12;

/** The OCI runtime commands by themselves: no daemon, no image, no network. */
export const runtimeTests: readonly RuntimeTest[] = [
  {
    name: 'oci',
    run(subject) {
      for (const kind of ['minimal', 'docker-like'] satisfies BundleKind[]) {
        const args = ['run', '--bundle', bundlePath(kind), 'bench-{}'];
        subject.time({ name: `run, ${kind} bundle`, unit: 'ms' }, args, { count });
      }
    },
  },
];
