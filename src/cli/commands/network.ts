import type { Group } from './types.ts';

export const network: Group = {
  summary: 'Manage networks',
  commands: {
    connect: { summary: 'Connect a container to a network', load: () => import('../network/connect.ts') },
    create: { summary: 'Create a network', load: () => import('../network/create.ts') },
    disconnect: {
      summary: 'Disconnect a container from a network',
      load: () => import('../network/disconnect.ts'),
    },
    inspect: {
      summary: 'Display detailed information on one or more networks',
      load: () => import('../network/inspect.ts'),
    },
    ls: { summary: 'List networks', load: () => import('../network/ls.ts'), aliases: ['list'] },
    prune: { summary: 'Remove all unused networks', load: () => import('../network/prune.ts') },
    rm: {
      summary: 'Remove one or more networks',
      load: () => import('../network/rm.ts'),
      aliases: ['remove'],
    },
  },
};
