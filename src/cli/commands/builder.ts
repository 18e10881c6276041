import type { Group } from './types.ts';

export const builder: Group = {
  summary: 'Manage builds',
  commands: {
    prune: { summary: 'Remove build cache', load: () => import('../build/prune.ts') },
  },
};
