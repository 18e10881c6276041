import { benchImages, pullPaths } from '../images.ts';
import type { Metric } from '../results.ts';
import { smallImage } from '../settings.ts';
import type { RegistryTest } from './types.ts';

const clients = 8;
/** Ours is to serve at one and a half times the rate. */
const target = 0.67;

/** What 8 clients pull at once, and how often each: enough for a second or so. */
const loads = [
  { title: 'the manifest', name: smallImage, manifestOnly: true, count: 500 },
  { title: 'an image of 1 MB', name: smallImage, manifestOnly: false, count: 50 },
  ...benchImages.map(({ title, name }) => ({
    title: `the image of ${title}`,
    name,
    manifestOnly: false,
    count: 2,
  })),
];

/** Many clients at once, from a registry that has the files in memory. */
export const registryPullTest: RegistryTest = {
  name: 'registry-pull',
  run(subject) {
    for (const { title, name, manifestOnly, count } of loads) {
      const { manifest, blobs } = pullPaths(name);
      const paths = manifestOnly ? [manifest] : [manifest, ...blobs];
      const metric: Metric = { name: `${clients} clients pull ${title}, ${count} times`, unit: 'ms', target };
      subject.run(['1', '1', ...paths]);
      subject.timeTotal(metric, [`${count}`, `${clients}`, ...paths], {});
    }
  },
};
