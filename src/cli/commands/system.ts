import type { Group } from './types.ts';

export const system: Group = {
  summary: 'Manage Docker',
  commands: {
    'dial-stdio': {
      summary: 'Proxy the stdio stream to the daemon connection. Should not be invoked manually.',
      load: () => import('../system/dial-stdio.ts'),
      hidden: true,
    },
    df: { summary: 'Show docker disk usage', load: () => import('../system/df.ts') },
    events: {
      summary: 'Get real time events from the server',
      load: () => import('../system/events.ts'),
      topName: 'events',
    },
    info: {
      summary: 'Display system-wide information',
      load: () => import('../system/info.ts'),
      topName: 'info',
    },
    prune: { summary: 'Remove unused data', load: () => import('../system/prune.ts') },
  },
};
