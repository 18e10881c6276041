import type { Group } from './types.ts';

export const volume: Group = {
  summary: 'Manage volumes',
  commands: {
    create: { summary: 'Create a volume', load: () => import('../volume/create.ts') },
    inspect: {
      summary: 'Display detailed information on one or more volumes',
      load: () => import('../volume/inspect.ts'),
    },
    ls: { summary: 'List volumes', load: () => import('../volume/ls.ts'), aliases: ['list'] },
    prune: { summary: 'Remove unused local volumes', load: () => import('../volume/prune.ts') },
    rm: { summary: 'Remove one or more volumes', load: () => import('../volume/rm.ts'), aliases: ['remove'] },
    update: {
      summary: 'Update a volume (cluster volumes only)',
      load: () => import('../volume/update.ts'),
    },
  },
};
